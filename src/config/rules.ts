import type { Context } from './context.ts';
import { policyRules } from './policy-rules.ts';
import { primaryRules } from './primary-rules.ts';
import type { Section } from './row.ts';
import { type Draft, schema, titleOf } from './schema.ts';
import { uniqueEndpoints } from './unique-endpoints.ts';
import { isLocal } from './values/store-url.ts';

/** Checks what no option can tell by itself. Runs on whatever could be read, so it passes over what is missing. */
export function checkRules(draft: Draft, context: Context): void {
  needed(draft, context);
  keyOfSharedStore(draft, context);
  workersTogether(draft, context);
  uniqueNames('client', draft.client, context);
  uniqueNames('primary', draft.primary, context);
  uniqueNames('provider', draft.provider, context);
  uniqueNames('siem', draft.siem, context);
  uniqueNames('policy', draft.policy, context);
  policyRules(draft, context);
  primaryOfEachClient(draft, context);
  passwordless(draft, context);
  uniqueNetworks(draft, context);
  uniqueEndpoints('"auth" in [listen]', ['listen', 'auth'], draft.listen.auth, context);
  uniqueEndpoints('"acct" in [listen]', ['listen', 'acct'], draft.listen.acct, context);
  portsOfTheirOwn(draft, context);
  primaryRules(draft, context);
  realms(draft, context);
  providers(draft, context);
  web(draft, context);
  metrics(draft, context);
  receivers(draft, context);
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

function workersTogether({ listen: { workers = 1, auth, acct }, store: { waiting } }: Draft, context: Context): void {
  if (workers === 1) return;
  for (const [key, endpoints] of Object.entries({ auth, acct }))
    if (endpoints?.some(({ port }) => port === 0))
      context.error(['listen', key], `"${key}" in [listen] needs ports that are not 0 where "workers" is more than 1`);
  if (waiting === 'memory')
    context.error(
      ['store', 'waiting'],
      '"waiting" in [store] must be "store" where "workers" in [listen] is more than 1: an answer may come to another process than its question',
    );
}

function uniqueNames(
  section: 'client' | 'primary' | 'provider' | 'siem' | 'policy',
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

function passwordless({ client: clients }: Draft, context: Context): void {
  for (const [i, { name, passwordless: isPasswordless, factor }] of (clients ?? []).entries())
    if (isPasswordless === true && factor === 'none')
      context.error(
        ['client', i, 'factor'],
        `factor = "none" in ${titleOf('client', name)} would let in those who bring no password (passwordless = true): one of the two must be asked`,
      );
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

function portsOfTheirOwn({ listen: { auth, acct } }: Draft, context: Context): void {
  for (const [i, { host, port }] of (acct ?? []).entries())
    if (port !== 0 && auth?.some((other) => other.host === host && other.port === port))
      context.error(
        ['listen', 'acct', i],
        `item ${i + 1} of "acct" in [listen] is in "auth" too; accounting has a port of its own, usually 1813`,
      );
}

function realms({ realm: realms, primary: primaries, client: clients }: Draft, context: Context): void {
  const seen = new Set<string>();
  for (const [i, { suffix, primary, client, strip }] of (realms ?? []).entries()) {
    const title = `[[realm]] ${JSON.stringify(suffix ?? `number ${i + 1}`)}`;
    const known = (items: readonly { readonly name?: string | undefined }[] | undefined, name: string): boolean =>
      !items || items.some((item) => item.name === undefined || item.name === name);
    if (primary !== undefined && !known(primaries, primary))
      context.error(['realm', i, 'primary'], `"primary" in ${title} names no [[primary]]`);
    // The password would be that of alice, and all else that of alice@partner.example.
    if (strip === true && primaries?.some(({ name, type }) => name === primary && type === 'local'))
      context.error(
        ['realm', i, 'strip'],
        `strip = true in ${title} leads to local users, whom radgate itself knows by the whole name: leave it out, and add them as NAME@${suffix ?? 'realm'}`,
      );
    for (const [item, name] of (client ?? []).entries())
      if (!known(clients, name))
        context.error(['realm', i, 'client', item], `item ${item + 1} of "client" in ${title} names no [[client]]`);
    for (const name of client ?? [undefined]) {
      const key = JSON.stringify([suffix, name]);
      const where = name === undefined ? '' : ` for the client ${JSON.stringify(name)}`;
      if (suffix !== undefined && seen.has(key))
        context.error(['realm', i, 'suffix'], `two [[realm]] have the suffix ${JSON.stringify(suffix)}${where}`);
      seen.add(key);
    }
  }
}

function web({ web: { listen, url, certificate, certificate_key, trusted_proxies } }: Draft, context: Context): void {
  const wrong = (key: string, message: string): void => context.error(['web', key], message);
  uniqueEndpoints('"listen" in [web]', ['web', 'listen'], listen, context);
  if ((certificate === undefined) !== (certificate_key === undefined))
    wrong('certificate', '"certificate" and "certificate_key" in [web] go together');
  if (!listen) return;
  if (url === undefined) wrong('listen', '[web] lacks "url", such as url = "https://mfa.corp.example"');
  const open = listen.find(({ host }) => !isLocal(host));
  if (open && certificate === undefined && trusted_proxies === undefined)
    wrong(
      'listen',
      `[web] would answer in clear on ${open.host}: give it "certificate" and "certificate_key", or name the proxy before it in "trusted_proxies"`,
    );
}

/** Metrics tell how busy a company is: they are never where its users are. */
function metrics({ metrics: { listen }, web: pages }: Draft, context: Context): void {
  uniqueEndpoints('"listen" in [metrics]', ['metrics', 'listen'], listen, context);
  for (const [i, { host, port }] of (listen ?? []).entries())
    if (port !== 0 && pages.listen?.some((other) => other.host === host && other.port === port))
      context.error(
        ['metrics', 'listen', i],
        `item ${i + 1} of "listen" in [metrics] is in [web] too; metrics have an address of their own, usually 127.0.0.1:9812`,
      );
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
      case 'ntfy':
      case 'webhook':
      case undefined:
        break;
    }
  }
}

/** Where the audit is sent to. */
function receivers({ siem: siems }: Draft, context: Context): void {
  for (const [i, { name, transport, server, ca_file }] of (siems ?? []).entries()) {
    const title = titleOf('siem', name);
    if (transport === 'stdout' && server)
      context.error(['siem', i, 'server'], `"server" in ${title} is of no use with transport = "stdout"`);
    if (transport !== undefined && transport !== 'stdout' && !server)
      context.error(['siem', i], `${title} lacks "server", such as server = "siem.corp.example:6514"`);
    if (transport !== undefined && transport !== 'tls' && ca_file !== undefined)
      context.error(['siem', i, 'ca_file'], `"ca_file" in ${title} is for transport = "tls"`);
  }
}
