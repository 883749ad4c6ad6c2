import { FilterParser, type Entry } from 'ldapts';
import type { Person } from '../primary.ts';
import { stateAttributes } from './account-state.ts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import type { Domain } from './domain.ts';
import { octetsOf, textOf, textsOf } from './entry.ts';
import { groupAttributes, groupsOf, type Group, type GroupCache } from './groups.ts';
import { LdapTrouble } from './ldap-error.ts';
import type { DirectoryOptions } from './ldap-options.ts';

/** What a directory knows of a person. */
export interface Account {
  readonly entry: Entry;
  readonly groups: readonly Group[];
  readonly person: Person;
}

/**
 * Reads an entry and its groups.
 * @returns undefined if it is not shown, or not one that `user_filter` means
 * @throws LdapRefused, LdapTrouble, this also if what a decision needs is not shown
 */
export async function readAccount(
  connection: LdapConnection,
  dn: string,
  domain: Domain | undefined,
  directory: DirectoryOptions,
  cache: GroupCache,
  left: TimeLeft,
): Promise<Account | undefined> {
  const entry = await readEntry(connection, dn, directory, left);
  if (!entry) return undefined;
  const names = namesOf(entry, domain, directory);
  if (names.length === 0)
    throw new LdapTrouble(
      `does not show ${directory.nameAttributes.join(', ')} of ${dn}: may the account that reads it do so?`,
    );
  // Without it nobody knows whether the account is disabled.
  if (directory.kind === 'ad' && textOf(entry, 'userAccountControl') === undefined)
    throw new LdapTrouble(`does not show userAccountControl of ${dn}: may the account that reads it do so?`);
  // Every account has a primary group: none at all is not few groups but hidden ones, and a policy would go by them.
  if (directory.kind === 'ad' && octetsOf(entry, 'tokenGroups').length === 0)
    throw new LdapTrouble(`does not show tokenGroups of ${dn}: may the account that reads it do so?`);
  const groups = await groupsOf(connection, entry, directory, cache, left);
  const person = {
    names,
    askedNameProven: true,
    groups: groups.flatMap(({ dn: group, name }) => [group, name]),
    phone: firstOf(entry, directory.phoneAttributes),
    email: firstOf(entry, directory.mailAttributes),
    attributes: new Map(directory.replyAttributes.map((name) => [name, octetsOf(entry, name)])),
  };
  return { entry, groups, person };
}

/** Reads what a decision needs of one entry; undefined as above. @throws LdapRefused, LdapTrouble */
export async function readEntry(
  connection: LdapConnection,
  dn: string,
  directory: DirectoryOptions,
  left: TimeLeft,
): Promise<Entry | undefined> {
  const { kind, nameAttributes, phoneAttributes, mailAttributes, replyAttributes, userFilter } = directory;
  const filter = FilterParser.parseString(userFilter);
  const own = kind === 'ad' ? ['sAMAccountName'] : ['uid'];
  const wanted = [
    ...own,
    ...nameAttributes,
    ...phoneAttributes,
    ...mailAttributes,
    ...stateAttributes[kind],
    ...groupAttributes(directory),
  ];
  // What is read as text besides stays text.
  const texts = new Set(wanted.map((name) => name.toLowerCase()));
  const octets = replyAttributes.filter((name) => !texts.has(name));
  const attributes = [...new Set([...wanted, ...octets])];
  const [entry] = await connection.search(
    { base: dn, scope: 'base', filter, attributes, binary: ['tokenGroups', ...octets], limit: 1 },
    left,
  );
  return entry;
}

/** The names that the directory itself knows the person by. */
function namesOf(entry: Entry, domain: Domain | undefined, { kind, nameAttributes }: DirectoryOptions): string[] {
  const names = nameAttributes.flatMap((attribute) => textsOf(entry, attribute));
  const account = kind === 'ad' ? textOf(entry, 'sAMAccountName') : undefined;
  if (account !== undefined && domain?.netbios !== undefined) names.push(`${domain.netbios}\\${account}`);
  return [...new Set(names)].filter((name) => name !== '');
}

function firstOf(entry: Entry, attributes: readonly string[]): string | null {
  return attributes.map((attribute) => textOf(entry, attribute)).find((value) => value !== undefined) ?? null;
}
