import { AndFilter, EqualityFilter, FilterParser, OrFilter, type Filter } from 'ldapts';
import type { LdapConnection, TimeLeft } from './connection.ts';
import type { Domain } from './domain.ts';
import type { DirectoryOptions } from './ldap-options.ts';

export type FoundAccount =
  | { readonly kind: 'found'; readonly dn: string }
  /** `why` for the log. */
  | { readonly kind: 'none'; readonly why: string };

/**
 * Looks for the one entry that a typed name stands for. The name is a value of filter objects, never text of a filter: whatever is in it is a character.
 * @throws LdapRefused, LdapTrouble
 */
export async function findAccount(
  connection: LdapConnection,
  name: string,
  domain: Domain | undefined,
  directory: DirectoryOptions,
  left: TimeLeft,
): Promise<FoundAccount> {
  const names = directory.userAttributes.map((attribute) => new EqualityFilter({ attribute, value: name }));
  const account = domain && accountNameIn(name, domain);
  if (account !== undefined) names.push(new EqualityFilter({ attribute: 'sAMAccountName', value: account }));
  return searchOne(connection, new OrFilter({ filters: names }), directory, left);
}

/** Looks for the entry of a security identifier, as octets. @throws LdapRefused, LdapTrouble */
export function findBySid(
  connection: LdapConnection,
  sid: Buffer,
  directory: DirectoryOptions,
  left: TimeLeft,
): Promise<FoundAccount> {
  return searchOne(connection, new EqualityFilter({ attribute: 'objectSid', value: sid }), directory, left);
}

async function searchOne(
  connection: LdapConnection,
  who: Filter,
  { base, userFilter }: DirectoryOptions,
  left: TimeLeft,
): Promise<FoundAccount> {
  const filter = new AndFilter({ filters: [FilterParser.parseString(userFilter), who] });
  const entries = await connection.search({ base, scope: 'sub', filter, attributes: ['1.1'], limit: 2 }, left);
  const [first, second] = entries;
  if (second)
    return { kind: 'none', why: `more than one entry has this name: ${entries.map(({ dn }) => dn).join(' and ')}` };
  // A bind as nobody would be a success, whatever the password (RFC 4513 §5.1.1).
  if (!first || first.dn === '') return { kind: 'none', why: 'no entry has this name' };
  return { kind: 'found', dn: first.dn };
}

/** The account in `CORP\alice`, `corp.example\alice` and `alice@corp.example` of this domain. */
function accountNameIn(name: string, { netbios, dns }: Domain): string | undefined {
  const before = /^([^\\@]+)\\([^\\@]+)$/.exec(name);
  const after = /^([^\\@]+)@([^\\@]+)$/.exec(name);
  const [account, domain] = before ? [before[2], before[1]] : [after?.[1], after?.[2]];
  const isThis = [netbios, dns].some((own) => own !== undefined && own.toLowerCase() === domain?.trim().toLowerCase());
  return isThis ? account : undefined;
}
