import { isIP, isIPv6 } from 'node:net';
import type { Context } from './context.ts';
import { titleOf, type Draft } from './schema.ts';
import { uniqueEndpoints } from './unique-endpoints.ts';
import { isLocal } from './values/store-url.ts';

type LdapDraft = Extract<NonNullable<Draft['primary']>[number], { type?: 'ldap' | undefined }>;
type RadiusDraft = Extract<NonNullable<Draft['primary']>[number], { readonly type?: 'radius' | undefined }>;

/** What no option of a `[[primary]]` can tell by itself. */
export function primaryRules(draft: Draft, context: Context): void {
  servers(draft, context);
  directories(draft, context);
}

function servers({ primary: primaries }: Draft, context: Context): void {
  for (const [i, primary] of (primaries ?? []).entries()) {
    if (primary.type !== 'radius' && primary.type !== 'ldap') continue;
    const title = titleOf('primary', primary.name);
    uniqueEndpoints(`"server" in ${title}`, ['primary', i, 'server'], primary.server, context);
    if (primary.type !== 'radius') continue;
    accountingServers(primary, i, title, context);
    probe(primary, i, title, context);
    const { source } = primary;
    if (source === undefined) continue;
    for (const [item, { host }] of (primary.server ?? []).entries())
      if (isIP(host) !== 0 && isIPv6(host) !== isIPv6(source))
        context.error(
          ['primary', i, 'source'],
          `"source" in ${title} must be an ${isIPv6(host) ? 'IPv6' : 'IPv4'} address, as item ${item + 1} of "server" is`,
        );
  }
}

function accountingServers({ accounting_server }: RadiusDraft, i: number, title: string, context: Context): void {
  if (accounting_server?.some(({ port }) => port > 65_535))
    return context.error(
      ['primary', i, 'accounting_server'],
      `${title} lacks "accounting_server": there is no port behind that of "server"`,
    );
  uniqueEndpoints(`"accounting_server" in ${title}`, ['primary', i, 'accounting_server'], accounting_server, context);
}

function probe(primary: RadiusDraft, i: number, title: string, context: Context): void {
  for (const key of ['probe_user', 'probe_password'] as const)
    if (primary.probe === 'user' && primary[key] === undefined)
      context.error(['primary', i, key], `${title} lacks "${key}", which probe = "user" needs`);
}

function directories({ primary: primaries }: Draft, context: Context): void {
  for (const [i, primary] of (primaries ?? []).entries()) {
    if (primary.type !== 'ldap') continue;
    const title = titleOf('primary', primary.name);
    const wrong = (key: string, message: string): void =>
      context.error(['primary', i, key], message.replace('this', title));
    const { directory, bind, bind_dn, bind_password, dn_template } = primary;
    if ((bind_dn === undefined) !== (bind_password === undefined))
      wrong(bind_dn === undefined ? 'bind_password' : 'bind_dn', '"bind_dn" and "bind_password" of this go together');
    if (bind === 'search' && directory === 'ad' && bind_dn === undefined)
      wrong('bind_dn', 'this lacks "bind_dn": Active Directory lets nobody look users up who has not logged in');
    if (bind === 'name' && directory !== undefined && directory !== 'ad')
      wrong('bind', 'bind = "name" in this is for directory = "ad" only');
    if (bind === 'dn' && dn_template === undefined) wrong('dn_template', 'this lacks "dn_template" for bind = "dn"');
    plaintext(primary, wrong);
  }
}

function plaintext(
  { server: urls, start_tls, allow_plaintext }: LdapDraft,
  wrong: (key: string, message: string) => void,
): void {
  if (start_tls !== false || allow_plaintext !== false) return;
  const away = (urls ?? []).find(({ scheme, host }) => scheme === 'ldap' && !isLocal(host));
  if (away)
    wrong(
      'start_tls',
      `start_tls = false in this would send passwords in clear to ${away.host}: use "ldaps://", or say so with allow_plaintext = true`,
    );
}
