import { isIP, isIPv6 } from 'node:net';
import type { Context } from './context.ts';
import type { Section } from './row.ts';
import { type Draft, schema, titleOf } from './schema.ts';
import type { Endpoint } from './values/endpoint.ts';

/** Checks what no option can tell by itself. Runs on whatever could be read, so it passes over what is missing. */
export function checkRules(draft: Draft, context: Context): void {
  needed(draft, context);
  keyOfSharedStore(draft, context);
  uniqueNames('client', draft.client, context);
  uniqueNames('primary', draft.primary, context);
  uniqueNames('provider', draft.provider, context);
  primaryOfEachClient(draft, context);
  uniqueNetworks(draft, context);
  uniqueEndpoints('"auth" in [listen]', ['listen', 'auth'], draft.listen.auth, context);
  servers(draft, context);
  providers(draft, context);
}

function needed(draft: Draft, context: Context): void {
  for (const [name, { needed: why }] of Object.entries<Section>(schema)) {
    const items = draft[name as keyof Draft];
    if (why !== undefined && Array.isArray(items) && items.length === 0)
      context.error([name], `at least one ${titleOf(name)} is needed: ${why}`);
  }
}

function keyOfSharedStore({ store: { url, key_file } }: Draft, context: Context): void {
  if (url?.driver === 'postgres' && key_file === undefined)
    context.error(
      ['store', 'key_file'],
      '[store] lacks "key_file", which a PostgreSQL store needs, such as key_file = "/etc/radgate/radgate.key"',
    );
}

function uniqueNames(
  section: 'client' | 'primary' | 'provider',
  items: readonly { readonly name?: string | undefined }[] | undefined,
  context: Context,
): void {
  const seen = new Set<string>();
  for (const [i, { name }] of (items ?? []).entries()) {
    if (name === undefined) continue;
    if (seen.has(name))
      context.error([section, i, 'name'], `two ${titleOf(section)} have the name ${JSON.stringify(name)}`);
    seen.add(name);
  }
}

function primaryOfEachClient({ client: clients, primary: primaries }: Draft, context: Context): void {
  const names = primaries?.map(({ name }) => name);
  // A primary whose name can't be read may be the one that is meant.
  if (!names || names.length === 0 || names.includes(undefined)) return;
  const there = names.map((name) => JSON.stringify(name)).join(', ');
  for (const [i, { name, primary }] of (clients ?? []).entries()) {
    if (primary === undefined)
      context.error(['client', i, 'primary'], `${titleOf('client', name)} lacks "primary": there are ${there}`);
    else if (!names.includes(primary))
      context.error(
        ['client', i, 'primary'],
        `"primary" in ${titleOf('client', name)} names no [[primary]]; there ${names.length === 1 ? 'is' : 'are'} ${there}`,
      );
  }
}

function uniqueNetworks({ client: clients }: Draft, context: Context): void {
  const owners = new Map<string, { readonly index: number; readonly title: string }>();
  for (const [index, { name, address }] of (clients ?? []).entries())
    for (const [item, network] of (address ?? []).entries()) {
      const owner = owners.get(network);
      const whose = owner?.index === index ? 'twice here' : `in ${owner?.title} too`;
      if (owner) context.error(['client', index, 'address', item], `${network} is ${whose}; one client can have it`);
      else owners.set(network, { index, title: titleOf('client', name ?? `number ${index + 1}`) });
    }
}

function uniqueEndpoints(
  subject: string,
  path: readonly (string | number)[],
  endpoints: readonly Endpoint[] | undefined,
  context: Context,
): void {
  const seen = new Set<string>();
  for (const [i, { host, port }] of (endpoints ?? []).entries()) {
    const key = `${host} ${port}`;
    if (seen.has(key)) context.error([...path, i], `item ${i + 1} of ${subject} is there before; each is named once`);
    seen.add(key);
  }
}

function servers({ primary: primaries }: Draft, context: Context): void {
  for (const [i, primary] of (primaries ?? []).entries()) {
    if (primary.type !== 'radius') continue;
    const title = titleOf('primary', primary.name);
    uniqueEndpoints(`"server" in ${title}`, ['primary', i, 'server'], primary.server, context);
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

function providers({ provider: all, deliver }: Draft, context: Context): void {
  for (const [i, each] of (all ?? []).entries()) {
    const title = titleOf('provider', each.name);
    const error = (key: string, what: string): void => context.error(['provider', i, key], what);
    switch (each.type) {
      case 'http':
        if (each.form !== undefined && each.json !== undefined)
          error('json', `${title} has both "form" and "json"; a request has one body`);
        if (each.success_value !== undefined && each.success_path === undefined)
          error('success_value', `"success_value" in ${title} needs "success_path", which says where it stands`);
        if (each.method === 'GET' && (each.form !== undefined || each.json !== undefined))
          error('method', `"method" in ${title} must be "POST" or "PUT" where there is a body`);
        break;
      case 'twilio':
        if (each.sender === undefined && (each.messaging_service === undefined || each.channel?.includes('voice')))
          error('sender', `${title} lacks "sender", such as sender = ["+15551234567"]`);
        break;
      case 'smtp':
        if ((each.username === undefined) !== (each.password === undefined))
          error('username', `${title} needs "username" and "password" both, or neither`);
        break;
      case 'file':
        if (deliver.lab !== true)
          error(
            'type',
            `${title} writes codes where they can be read: it is for labs alone, and [deliver] does not say lab = true`,
          );
        break;
      case 'smpp':
      case undefined:
        break;
    }
  }
}
