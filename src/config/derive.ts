import { dirname, join } from 'node:path';
import type { Profile } from '../policy/profiles/profile.ts';
import { profiles } from '../policy/profiles/profiles.ts';
import { directories } from './directories.ts';
import type { Draft } from './schema.ts';
import type { Endpoint } from './values/endpoint.ts';

/** Fills in the options whose row says `derived`, where they were left out and what they come from is known. */
export function derive(draft: Draft): void {
  const { store, primary: primaries, client: clients } = draft;
  if (store.url?.driver === 'sqlite') store.key_file ??= join(dirname(store.url.path), 'radgate.key');
  if (store.url)
    store.waiting ??= store.url.driver === 'sqlite' && (draft.listen.workers ?? 1) === 1 ? 'memory' : 'store';
  for (const primary of primaries ?? []) {
    if (primary.type !== 'ldap') continue;
    const usual = primary.directory && directories[primary.directory];
    primary.user_attributes ??= usual?.user_attributes;
    primary.user_filter ??= usual?.user_filter;
    primary.name_attributes ??= primary.user_attributes;
    primary.group_base_dn ??= primary.base_dn;
  }
  for (const client of clients ?? []) {
    const profile: Profile = profiles[client.profile ?? 'generic'];
    client.deadline ??= profile.deadline;
    client.proxy ??= profile.proxy;
    client.passwordless ??= profile.passwordless;
    client.challenge ??= profile.challenge;
    client.message_authenticator ??= profile.messageAuthenticator;
    client.prompt_format ??= profile.promptFormat;
    client.acl_downloads ??= profile.aclDownloads;
    // Whoever says how codes stand beside the password says all of it.
    if (client.append === undefined && profile.appendLength !== null) client.append_length ??= profile.appendLength;
    client.append ??= profile.append;
    client.device_attribute ??= profile.deviceAttribute;
  }
  const [only, another] = primaries ?? [];
  for (const primary of primaries ?? [])
    if (primary.type === 'radius') primary.accounting_server ??= primary.server && accountingPorts(primary.server);
  if (only?.name !== undefined && !another) for (const client of clients ?? []) client.primary ??= only.name;
}

/** RFC 2866 §3 has accounting at 1813, RFC 2865 §3 authentication at 1812; the older pair is 1646 and 1645. */
function accountingPorts(servers: readonly Endpoint[]): Endpoint[] {
  const behind = servers.map(({ host, port }) => ({ host, port: port + 1 }));
  return behind.filter(({ host, port }, i) => behind.findIndex((one) => one.host === host && one.port === port) === i);
}
