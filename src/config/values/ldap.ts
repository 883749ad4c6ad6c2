import { FilterParser } from 'ldapts';
import * as z from 'zod';
import { parseDn, placeholder } from '../../distinguished-name.ts';
import type { ValueType } from '../row.ts';
import { serverEndpoint } from './endpoint.ts';

/** A server of a directory. */
export interface LdapUrl {
  readonly scheme: 'ldap' | 'ldaps';
  /** A name or an address. */
  readonly host: string;
  readonly port: number;
}

const ports = { ldap: 389, ldaps: 636 } as const;
const mustBeUrl =
  'must be "ldaps://host" or "ldap://host", with ":port" where it is another than 636 or 389, and nothing behind it';

/** RFC 4516, without what names an entry. */
export const ldapUrl: ValueType<LdapUrl> = {
  notation: '`"ldaps://host"`, `"ldap://host"`, either with `:port`',
  schema: z.string(mustBeUrl).transform((text, context): LdapUrl => {
    const [, scheme, rest = ''] = /^(ldaps?):\/\/([^/]*)\/?$/i.exec(text) ?? [];
    const kind = scheme?.toLowerCase() === 'ldaps' ? 'ldaps' : 'ldap';
    const hasPort = /(?:^|[^:]|\]):\d+$/.test(rest);
    const read = serverEndpoint.schema.safeParse(hasPort ? rest : `${rest}:${ports[kind]}`);
    if (scheme !== undefined && read.success) return { scheme: kind, ...read.data };
    context.addIssue(mustBeUrl);
    return z.NEVER;
  }),
};

const mustBeDn = 'must be a distinguished name, such as "DC=corp,DC=example"';

/** RFC 4514. */
export const distinguishedName: ValueType<string> = {
  notation: 'distinguished name',
  schema: z.string(mustBeDn).refine((text) => parseDn(text) !== undefined, mustBeDn),
};

const mustBeTemplate = `must be a distinguished name with ${placeholder} as a value in it, such as "uid=${placeholder},ou=people,dc=corp,dc=example"`;

/** A distinguished name that has the user's name in it. */
export const dnTemplate: ValueType<string> = {
  notation: `distinguished name with \`${placeholder}\` in it`,
  schema: z.string(mustBeTemplate).refine((text) => {
    const values = parseDn(text)?.flatMap((relative) => relative.map(({ value }) => value)) ?? [];
    return values.filter((value) => value.includes(placeholder)).length === 1;
  }, mustBeTemplate),
};

const mustBeFilter = 'must be an LDAP filter, such as "(objectClass=person)"';

/** RFC 4515. */
export const ldapFilter: ValueType<string> = {
  notation: 'LDAP filter',
  schema: z.string(mustBeFilter).refine((text) => {
    try {
      FilterParser.parseString(text);
      return true;
    } catch {
      return false;
    }
  }, mustBeFilter),
};

const mustBeAttribute = 'must be the name of an attribute, such as "mail"';

/** RFC 4512 §1.4. */
export const attributeName: ValueType<string> = {
  notation: 'attribute',
  schema: z.string(mustBeAttribute).regex(/^[a-z][a-z0-9-]{0,63}$/i, mustBeAttribute),
};
