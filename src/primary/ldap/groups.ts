import { EqualityFilter, OrFilter, type Entry } from 'ldapts';
import { canonicalDn, isWithin, shortNameOf } from '../../distinguished-name.ts';
import type { ExpiringCache } from '../../expiring-cache.ts';
import { foldGroup } from '../../policy/fold-group.ts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import { octetsOf, textOf, textsOf } from './entry.ts';
import { LdapRefused, Result } from './ldap-error.ts';
import type { DirectoryOptions } from './ldap-options.ts';

export interface Group {
  readonly dn: string;
  /** Without where it is: `staff`. */
  readonly name: string;
}

/** Groups of Active Directory by security identifier; null for one that is not under the base. */
export type GroupCache = ExpiringCache<Group | null>;

/** Groups of one person that are looked at, at most. */
const most = 2_000;
/** Groups within groups: a ring of them ends here at the latest. */
const deepest = 16;
/** Groups that are asked for in one question. */
const batch = 50;

/** What is read of an entry to know its groups. @param kind what directory it is in */
export function groupAttributes({ kind }: DirectoryOptions): readonly string[] {
  return kind === 'ad' ? ['tokenGroups'] : ['memberOf'];
}

/** All groups that an entry is in, those within others included, and in Active Directory the primary one. @throws LdapRefused, LdapTrouble */
export function groupsOf(
  connection: LdapConnection,
  entry: Entry,
  directory: DirectoryOptions,
  cache: GroupCache,
  left: TimeLeft,
): Promise<Group[]> {
  if (directory.kind === 'ad') return tokenGroups(connection, entry, directory, cache, left);
  return memberships(connection, entry, directory, left);
}

/** Active Directory has worked them out itself: the attribute tokenGroups (MS-ADTS §3.1.1.4.5.19) has their security identifiers. */
async function tokenGroups(
  connection: LdapConnection,
  entry: Entry,
  { groupBase }: DirectoryOptions,
  cache: GroupCache,
  left: TimeLeft,
): Promise<Group[]> {
  const sids = octetsOf(entry, 'tokenGroups').slice(0, most);
  const groups = new Map(sids.map((sid) => [sid.toString('hex'), cache.get(sid.toString('hex'))]));
  const unknown = sids.filter((sid) => groups.get(sid.toString('hex')) === undefined);
  for (const some of batches(unknown)) {
    const filter = new OrFilter({
      filters: some.map((value) => new EqualityFilter({ attribute: 'objectSid', value })),
    });
    const attributes = ['sAMAccountName', 'objectSid'];
    const found = await connection.search(
      { base: groupBase, scope: 'sub', filter, attributes, binary: ['objectSid'], limit: some.length },
      left,
    );
    for (const sid of some) groups.set(sid.toString('hex'), null);
    for (const group of found) {
      const [sid] = octetsOf(group, 'objectSid');
      if (sid) groups.set(sid.toString('hex'), groupOf(group, 'sAMAccountName'));
    }
    for (const sid of some) cache.set(sid.toString('hex'), groups.get(sid.toString('hex')) ?? null);
  }
  return [...groups.values()].filter((group) => group !== null && group !== undefined);
}

/** Elsewhere the entry may say itself (memberOf), and the groups say who is in them; then those are looked for in further groups. */
async function memberships(
  connection: LdapConnection,
  entry: Entry,
  { groupBase }: DirectoryOptions,
  left: TimeLeft,
): Promise<Group[]> {
  const groups = new Map<string, Group>();
  const add = (group: Group): boolean => {
    const key = canonicalDn(group.dn) ?? group.dn;
    if (groups.has(key) || groups.size >= most) return false;
    groups.set(key, group);
    return true;
  };
  // FreeIPA names roles, privileges and rules there too, and one of those may be called as a group is: they lead to groups, but are none.
  const said = textsOf(entry, 'memberOf').slice(0, most);
  for (const dn of said) if (isWithin(dn, groupBase)) add({ dn, name: shortNameOf(dn) });
  let members = [entry.dn, ...said];
  let accounts = textsOf(entry, 'uid');
  for (let depth = 0; depth < deepest && members.length > 0; depth++) {
    const next: string[] = [];
    for (const some of batches(members)) {
      const found = await groupsWith(connection, groupBase, some, accounts, left);
      accounts = [];
      next.push(...found.filter(add).map(({ dn }) => dn));
    }
    members = next;
  }
  return [...groups.values()];
}

/** The groups that one of these is in: groupOfNames, groupOfUniqueNames (RFC 4519 §3.5, §3.6), posixGroup (RFC 2307 §4). */
async function groupsWith(
  connection: LdapConnection,
  base: string,
  members: readonly string[],
  accounts: readonly string[],
  left: TimeLeft,
): Promise<Group[]> {
  const equal = (attribute: string, value: string): EqualityFilter => new EqualityFilter({ attribute, value });
  const filter = new OrFilter({
    filters: [
      ...members.flatMap((dn) => [equal('member', dn), equal('uniqueMember', dn)]),
      ...accounts.map((uid) => equal('memberUid', uid)),
    ],
  });
  const found = await connection.search({ base, scope: 'sub', filter, attributes: ['cn'], limit: most }, left);
  return found.map((group) => groupOf(group, 'cn'));
}

/** Whether there is a group by this name, or this DN, where groups are looked for. @throws LdapRefused, LdapTrouble */
export async function hasGroup(
  connection: LdapConnection,
  name: string,
  { kind, groupBase }: DirectoryOptions,
  left: TimeLeft,
): Promise<boolean> {
  const attributes = ['1.1'];
  if (canonicalDn(name) === undefined) {
    const filter = new EqualityFilter({ attribute: kind === 'ad' ? 'sAMAccountName' : 'cn', value: name });
    const found = await connection.search({ base: groupBase, scope: 'sub', filter, attributes, limit: 1 }, left);
    return found.length > 0;
  }
  if (!isWithin(name, groupBase)) return false;
  try {
    return (await connection.search({ base: name, scope: 'base', attributes, limit: 1 }, left)).length > 0;
  } catch (error) {
    if (error instanceof LdapRefused && error.code === Result.noSuchObject) return false;
    throw error;
  }
}

function groupOf(entry: Entry, attribute: string): Group {
  return { dn: entry.dn, name: textOf(entry, attribute) ?? shortNameOf(entry.dn) };
}

/** Whether one of the groups is meant by one of these names, each a DN or a name without its place. */
export function isInOneOf(groups: readonly Group[], wanted: readonly string[]): boolean {
  const isDn = (name: string): boolean => canonicalDn(name) !== undefined;
  const dns = new Set(wanted.filter(isDn).map(foldGroup));
  const names = new Set(wanted.filter((name) => !isDn(name)).map(foldGroup));
  return groups.some(({ dn, name }) => dns.has(foldGroup(dn)) || names.has(foldGroup(name)));
}

function batches<T>(items: readonly T[]): T[][] {
  const starts = Array.from({ length: Math.ceil(items.length / batch) }, (_, i) => i * batch);
  return starts.map((start) => items.slice(start, start + batch));
}
