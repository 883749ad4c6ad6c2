import { dirname, join } from 'node:path';
import type { Profile } from '../nas/profiles/profile.ts';
import { profiles } from '../nas/profiles/profiles.ts';
import { directories } from './directories.ts';
import type { Client, Draft } from './schema.ts';
import type { Endpoint } from './values/endpoint.ts';

/** Fills in the options whose row says `derived`, where they were left out and what they come from is known. */
export function derive(draft: Draft): void {
  const { store, primary: primaries, client: clients } = draft;
  if (store.url?.driver === 'sqlite') store.key_file ??= join(dirname(store.url.path), 'radgate.key');
  if (store.url) store.waiting ??= store.url.driver === 'sqlite' ? 'memory' : 'store';
  for (const client of clients ?? []) {
    const usual = clientDefaults(client.profile);
    client.deadline ??= usual.deadline;
    client.proxy ??= usual.proxy;
    client.passwordless ??= usual.passwordless;
    client.device_attribute ??= usual.device_attribute;
  }
  for (const primary of primaries ?? []) {
    if (primary.type !== 'ldap') continue;
    const usual = primary.directory && directories[primary.directory];
    primary.user_attributes ??= usual?.user_attributes;
    primary.user_filter ??= usual?.user_filter;
    primary.name_attributes ??= primary.user_attributes;
    primary.group_base_dn ??= primary.base_dn;
  }
  const [only, another] = primaries ?? [];
  for (const primary of primaries ?? [])
    if (primary.type === 'radius') primary.accounting_server ??= primary.server && accountingPorts(primary.server);
  if (only?.name !== undefined && !another) for (const client of clients ?? []) client.primary ??= only.name;
}

/** A device of which nothing is known. */
const unknownDevice = {
  deadline: 10_000,
  proxy: false,
  passwordless: false,
  deviceAttribute: 'Calling-Station-Id',
} as const;

/** What a client's keys are that its kind of device decides. */
export function clientDefaults(
  profile: Client['profile'],
): Pick<Client, 'deadline' | 'proxy' | 'passwordless' | 'device_attribute'> {
  const { deadline, proxy, passwordless, deviceAttribute }: Pick<Profile, keyof typeof unknownDevice> =
    profile === undefined ? unknownDevice : profiles[profile];
  return { deadline, proxy, passwordless, device_attribute: deviceAttribute };
}

/** RFC 2866 §3 has accounting at 1813, RFC 2865 §3 authentication at 1812; the older pair is 1646 and 1645. */
function accountingPorts(servers: readonly Endpoint[]): Endpoint[] {
  const behind = servers.map(({ host, port }) => ({ host, port: port + 1 }));
  return behind.filter(({ host, port }, i) => behind.findIndex((one) => one.host === host && one.port === port) === i);
}
