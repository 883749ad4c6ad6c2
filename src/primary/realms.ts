import { foldUserName } from '../policy/user-name.ts';

/** Users whose credential is checked elsewhere, told by the realm in their name. */
export interface Realm {
  /** As foldUserName folds it; it stands for its subdomains too. */
  readonly suffix: string;
  /** The primary that checks. */
  readonly primary: string;
  /** Clients at which it holds; undefined for all. */
  readonly client?: readonly string[] | undefined;
  /** Whether the realm is cut off the name that goes to the primary. */
  readonly strip: boolean;
}

/**
 * The realm that a name is in, of those that hold at a client: the longest suffix wins, and of two alike the one that names the client. A name that
 * foldUserName refuses, such as one with two separators, is in none: which part of it is the realm would be a guess.
 */
export function realmOf(realms: readonly Realm[], client: string, userName: Buffer): Realm | undefined {
  if (realms.length === 0) return undefined;
  const realm = partsOf(foldUserName(userName)?.folded)?.realm;
  if (realm === undefined) return undefined;
  const [best] = realms
    .filter(({ suffix, client: only }) => isIn(realm, suffix) && (only?.includes(client) ?? true))
    .toSorted((a, b) => b.suffix.length - a.suffix.length || Number(!a.client) - Number(!b.client));
  return best;
}

/** The octets of a name without its realm; the name itself if they have no single separator as they are. */
export function withoutRealm(userName: Buffer): Buffer {
  const user = partsOf(userName.toString('latin1'))?.user;
  return user === undefined || user === '' ? userName : Buffer.from(user, 'latin1');
}

function isIn(realm: string, suffix: string): boolean {
  return realm === suffix || realm.endsWith(`.${suffix}`);
}

/** RFC 7542 §2.2 puts the realm behind "@"; others before "\" or "/", or behind "%". */
function partsOf(name: string | undefined): { readonly user: string; readonly realm: string } | undefined {
  const [, before, separator, after] = /^([^\\/@%]*)([\\/@%])([^\\/@%]*)$/.exec(name ?? '') ?? [];
  if (before === undefined || after === undefined) return undefined;
  const isFirst = separator === '\\' || separator === '/';
  return isFirst ? { realm: before.trim(), user: after } : { realm: after.trim(), user: before };
}
