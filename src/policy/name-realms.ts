/** The realms that hold at one client. */
export interface NameRealms {
  /** By suffix, as foldUserName folds it; of two alike the first counts. */
  readonly realms: readonly { readonly suffix: string; readonly primary: string }[];
  /** Who checks those whose name is in none of them. */
  readonly primary: string;
}

/** The realm that a folded name is in: the longest suffix wins, and a suffix stands for its subdomains too. Undefined for none. */
export function realmIn<R extends { readonly suffix: string }>(
  realms: readonly R[],
  folded: string | undefined,
): R | undefined {
  const realm = partsOf(folded)?.realm;
  if (realm === undefined) return undefined;
  const isIn = ({ suffix }: R): boolean => realm === suffix || realm.endsWith(`.${suffix}`);
  return realms.filter(isIn).toSorted((a, b) => b.suffix.length - a.suffix.length)[0];
}

/** The suffix of the realm that a folded name is in; undefined for none. @param at undefined where there are none */
export function suffixOf(at: NameRealms | undefined, folded: string | undefined): string | undefined {
  return at && realmIn(at.realms, folded)?.suffix;
}

/** Who checks the credential of such a name; undefined, as for all, where there are no realms. */
export function checkerOf(at: NameRealms | undefined, folded: string): string | undefined {
  return at && (realmIn(at.realms, folded)?.primary ?? at.primary);
}

/** RFC 7542 §2.2 puts the realm behind "@"; others before "\" or "/", or behind "%". */
export function partsOf(name: string | undefined): { readonly user: string; readonly realm: string } | undefined {
  const [, before, separator, after] = /^([^\\/@%]*)([\\/@%])([^\\/@%]*)$/.exec(name ?? '') ?? [];
  if (before === undefined || after === undefined) return undefined;
  const isFirst = separator === '\\' || separator === '/';
  return isFirst ? { realm: before.trim(), user: after } : { realm: after.trim(), user: before };
}
