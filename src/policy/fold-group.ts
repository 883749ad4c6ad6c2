import { canonicalDn } from '../distinguished-name.ts';

/** What all spellings of a group's name, or of its DN, have in common; made by foldGroup alone. */
export type FoldedGroup = string & { readonly folded: 'group' };

/** Groups of one user. */
export type UserGroups = Pick<ReadonlySet<FoldedGroup>, 'has'>;

/** Directories take names of groups in any case, and a DN with any blanks and escapes that mean the same (RFC 4514). */
export function foldGroup(name: string): FoldedGroup {
  return (canonicalDn(name) ?? name.normalize('NFC').toLowerCase()) as FoldedGroup;
}

/** Folded once, and not before a rule asks: a user may be in thousands, and most logins ask for none. @param names each a name or a DN */
export function userGroups(names: readonly string[]): UserGroups {
  let folded: ReadonlySet<FoldedGroup> | undefined;
  return { has: (group) => (folded ??= new Set(names.map(foldGroup))).has(group) };
}
