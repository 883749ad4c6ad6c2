import type { Clock } from '../clock.ts';
import type { QueuedMessages } from '../figures/queued.ts';
import type { Generation } from '../generation.ts';
import { EventLoopDelay } from '../observe/event-loop-delay.ts';
import type { Health } from '../observe/health.ts';
import type { MetricSources, Upstreams } from '../observe/metrics.ts';
import { countQueued } from '../store/count-queued.ts';
import type { Store } from '../store/store.ts';
import type { WatchedStore } from '../store/watched-store.ts';
import { version } from '../version.ts';
import { plain, PrivateServer, type Answer, type PrivateServerOptions } from '../web/private-server.ts';
import type { Lasting } from './build-generation.ts';
import type { DailyUpkeep } from './daily-upkeep.ts';
import { upkeepKinds } from './upkeep.ts';

/** How long a scrape waits for the store, in milliseconds: Prometheus gives up after 10 s. */
const patience = 2_000;

/** The service, as metrics and health tell of it. */
export interface Observed {
  readonly lasting: Lasting;
  readonly store: WatchedStore;
  readonly current: () => Generation;
  /** Whether each receiver of the audit took what it was last sent. */
  readonly receivers: readonly { readonly name: string; readonly isUp: boolean }[];
  readonly health: Health;
  readonly upkeep: DailyUpkeep;
  readonly clock: Clock;
}

/** The server of metrics and health. */
export interface Private {
  readonly listening: readonly string[];
  close(): Promise<void>;
}

/** Begins to tell of the service. @throws OperatorError if an address can't be listened on */
export async function openPrivate(endpoints: PrivateServerOptions['endpoints'], observed: Observed): Promise<Private> {
  const { health, clock, lasting } = observed;
  // A start without metrics does not wait until their library is loaded.
  const { Metrics } = await import('../observe/metrics.ts');
  const eventLoop = new EventLoopDelay(clock);
  const metrics = new Metrics(sourcesOf(observed, eventLoop));
  const details = detailsOf(observed);
  const answers = new Map<string, () => Promise<Answer>>([
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
    ['/livez', async () => told([health.dead()].filter((why) => why !== undefined))],
    ['/readyz', async () => told(await health.unready())],
    ['/healthz', async () => detailed(health.dead(), await health.unready(), details())],
  ]);
  try {
    const server = await PrivateServer.listen({ endpoints, answers, logger: lasting.logger });
    return {
      listening: server.listening,
      close: async () => {
        eventLoop.close();
        await server.close();
      },
    };
  } catch (error) {
    eventLoop.close();
    throw error;
  }
}

function sourcesOf(observed: Observed, eventLoop: EventLoopDelay): MetricSources {
  const { lasting, store, current, receivers, health, upkeep } = observed;
  const warningsOf = (kind: string): number => upkeep.warnings.filter((one) => one.kind === kind).length;
  return {
    version,
    traffic: lasting.traffic,
    drops: lasting.drops.dropped,
    eventLoop: eventLoop.delays,
    store,
    isReady: () => health.known().length === 0,
    warnings: () => new Map(upkeepKinds.map((kind) => [kind, warningsOf(kind)])),
    upstreams: () => upstreamsOf(current()),
    providers: () => current().worker.providers,
    receivers: () => receivers,
    pendingLogins: () => lasting.logins.count,
    pendingReports: () => lasting.reports.count,
    rememberedRequests: () => lasting.duplicates.size + lasting.reportDuplicates.size,
    pendingChallenges: () => lasting.waiting.size,
    waitingApprovals: () => lasting.waits.size,
    queued: queuedIn(store),
  };
}

/** What /healthz tells beside whether all is well. */
function detailsOf({ lasting, store, current, receivers, upkeep, clock }: Observed): () => object {
  const started = clock.monotonic();
  return () => ({
    version,
    node: process.version,
    uptime_seconds: Math.round((clock.monotonic() - started) / 1000),
    store: { pending: store.pending, trouble: store.trouble?.why ?? null },
    upstreams: upstreamsOf(current()).flatMap(({ primary, servers }) =>
      servers.map(({ server, isUp, outstanding }) => ({ primary, server, up: isUp, outstanding })),
    ),
    providers: current().worker.providers.map(({ provider, isUp }) => ({ provider, up: isUp })),
    siem: receivers.map(({ name, isUp }) => ({ name, up: isUp })),
    pending: { logins: lasting.logins.count, challenges: lasting.waiting.size, approvals: lasting.waits.size },
    warnings: upkeep.warnings.map(({ message }) => message),
  });
}

/** A word for programs, and for people why. */
function told(why: readonly string[]): Answer {
  return why.length === 0 ? plain(200, 'ok') : plain(503, why.join('\n'));
}

function detailed(dead: string | undefined, unready: readonly string[], details: object): Answer {
  const isGood = dead === undefined && unready.length === 0;
  const all = {
    live: dead === undefined,
    ready: unready.length === 0,
    why: dead === undefined ? unready : [dead, ...unready],
  };
  return {
    status: isGood ? 200 : 503,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify({ ...all, ...details }, null, 2)}\n`,
  };
}

/** Everything that a generation asks, and what is known of it. */
function upstreamsOf({ primaries, accountings }: Generation): readonly Upstreams[] {
  const of = (name: string, servers: Upstreams['servers'] | undefined): readonly Upstreams[] =>
    servers ? [{ primary: name, servers }] : [];
  return [
    ...Array.from(primaries, ([name, { upstreams }]) => of(name, upstreams)).flat(),
    ...Array.from(accountings, ([name, { upstreams }]) => of(`${name} (accounting)`, upstreams)).flat(),
  ];
}

/** Asks the store what is in the outbox, once at a time; undefined if it can't be told soon. */
function queuedIn(store: Store): () => Promise<readonly QueuedMessages[] | undefined> {
  let asking: Promise<readonly QueuedMessages[] | undefined> | undefined;
  return async () => {
    asking ??= store
      .run(countQueued, null)
      .catch(() => undefined)
      .finally(() => (asking = undefined));
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<undefined>((resolve) => (timer = setTimeout(resolve, patience, undefined)));
    return Promise.race([asking, late]).finally(() => clearTimeout(timer));
  };
}
