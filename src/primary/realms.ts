import { partsOf, realmIn, type NameRealms } from '../policy/name-realms.ts';
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
  return realmIn(at(realms, client), foldUserName(userName)?.folded);
}

/** The realms by which names are told apart at a client; undefined where none holds. @param primary the client's own */
export function realmsAt(realms: readonly Realm[], client: string, primary: string): NameRealms | undefined {
  const there = at(realms, client);
  return there.length === 0
    ? undefined
    : { realms: there.map(({ suffix, primary }) => ({ suffix, primary })), primary };
}

/** Those that hold at a client, first those that name it. */
function at(realms: readonly Realm[], client: string): Realm[] {
  return realms
    .filter(({ client: only }) => only?.includes(client) ?? true)
    .toSorted((a, b) => Number(!a.client) - Number(!b.client));
}

/** The octets of a name without its realm; the name itself if they have no single separator as they are. */
export function withoutRealm(userName: Buffer): Buffer {
  const user = partsOf(userName.toString('latin1'))?.user;
  return user === undefined || user === '' ? userName : Buffer.from(user, 'latin1');
}
