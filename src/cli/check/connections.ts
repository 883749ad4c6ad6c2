import type { Config, RadiusPrimary } from '../../config/schema.ts';
import { Code, Type } from '../../packet/constants.ts';
import { SharedSecret } from '../../packet/shared-secret.ts';
import { RadiusServer } from '../../primary/radius-server.ts';
import { systemClock } from '../../clock.ts';
import type { Checked } from './checked.ts';
import { checkDirectory, type CheckedDirectory } from './directory.ts';
import { unknownGroups, type UnknownGroup } from './groups.ts';
import { checkProvider, type CheckedProvider } from './providers.ts';
import { checkReceiver, type CheckedReceiver } from './receivers.ts';
import { checkWeb } from './web-certificate.ts';
import { checkStore } from './store.ts';
import { whyNot } from '../why-not.ts';

export interface Connections {
  /** The store opens, of each primary at least one server answers, and everything else is as it should be. */
  readonly ok: boolean;
  readonly store: Checked;
  readonly primaries: readonly CheckedDirectory[];
  /** That rules name; they change nothing of `ok`. */
  readonly unknownGroups: readonly UnknownGroup[];
  readonly providers: readonly CheckedProvider[];
  /** Of the audit. */
  readonly receivers: readonly CheckedReceiver[];
  /** Undefined if no pages are served. */
  readonly web: Checked | undefined;
}

/** Tries everything that the config names and that is elsewhere, without changing anything. @param user whom directories are asked for too */
export async function checkConnections(config: Config, user?: string): Promise<Connections> {
  const upstreams = config.primary.filter((primary) => primary.type === 'radius');
  const directories = config.primary.filter((primary) => primary.type === 'ldap');
  const [store, primaries, providers, receivers, web] = await Promise.all([
    checkStore(config),
    Promise.all([
      ...upstreams.map(async (primary) => ({ name: primary.name, servers: await checkServers(primary) })),
      ...directories.map((directory) => checkDirectory(directory, user)),
    ]),
    Promise.all(config.provider.map(checkProvider)),
    Promise.all(config.siem.map(checkReceiver)),
    checkWeb(config.web, systemClock.wall()),
  ]);
  const answered = primaries.every(({ servers }) => servers.some(({ ok }) => ok));
  const others = [store, ...providers, ...receivers, ...(web ? [web] : [])].every(({ ok }) => ok);
  const ok = answered && others;
  return { ok, store, primaries, unknownGroups: await unknownGroups(config), providers, receivers, web };
}

function checkServers(primary: RadiusPrimary): Promise<(Checked & { readonly address: string })[]> {
  return Promise.all(primary.server.map((endpoint) => checkServer(endpoint, primary)));
}

/** Asks a server with Status-Server: RFC 5997 §3. */
async function checkServer(
  { host, port }: RadiusPrimary['server'][number],
  { secret, source, timeout, tries }: RadiusPrimary,
): Promise<Checked & { readonly address: string }> {
  let forged = false;
  const server = new RadiusServer({
    host,
    port,
    secret: new SharedSecret(secret.bytes),
    source,
    acceptsUnsigned: () => true,
    onSigned: () => {},
    onForged: () => (forged = true),
  });
  const started = process.hrtime.bigint();
  try {
    const attributes = [{ type: Type.nasIdentifier, value: Buffer.from('radgate-check') }];
    const patience = { count: tries, patience: () => timeout };
    const exchange = await server.exchange(() => attributes, patience, Code.statusServer);
    const milliseconds = Number((process.hrtime.bigint() - started) / 1_000_000n);
    return { address: server.address, ...judged(exchange, forged, milliseconds, (timeout * tries) / 1000) };
  } finally {
    await server.close();
  }
}

function judged(
  exchange: Awaited<ReturnType<RadiusServer['exchange']>>,
  forged: boolean,
  milliseconds: number,
  waited: number,
): Checked {
  if (exchange.kind === 'reply') return { ok: true, message: `answers (${milliseconds} ms)` };
  if (forged) return { ok: false, message: 'answers with a wrong authenticator: its shared secret is another one' };
  if (exchange.kind === 'failed') return { ok: false, message: whyNot(exchange.why) };
  return {
    ok: false,
    message: `silent for ${waited} s: wrong address, a firewall, it does not know this host, another secret, or it does not answer Status-Server (NPS does not)`,
  };
}
