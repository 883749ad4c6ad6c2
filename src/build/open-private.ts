import type { QueuedMessages } from '../figures/queued.ts';
import { EventLoopDelay } from '../observe/event-loop-delay.ts';
import type { MetricSources } from '../observe/metrics.ts';
import { countQueued } from '../store/count-queued.ts';
import type { Store } from '../store/store.ts';
import { version } from '../version.ts';
import { plain, PrivateServer, type Answer, type PrivateServerOptions } from '../web/private-server.ts';
import { upstreamsOf, type Observed, type ToldHealth } from './tell-health.ts';
import { upkeepKinds } from './upkeep.ts';

/** How long a scrape waits for the store, in milliseconds: Prometheus gives up after 10 s. */
const patience = 2_000;

/** The server of metrics and health. */
export interface Private {
  readonly listening: readonly string[];
  close(): Promise<void>;
}

/** Begins to tell of the service. @param tellHealth for /healthz @throws OperatorError if an address can't be listened on */
export async function openPrivate(
  endpoints: PrivateServerOptions['endpoints'],
  observed: Observed,
  tellHealth: () => Promise<ToldHealth>,
): Promise<Private> {
  const { health, clock, lasting } = observed;
  // A start without metrics does not wait until their library is loaded.
  const { Metrics } = await import('../observe/metrics.ts');
  const eventLoop = new EventLoopDelay(clock);
  const metrics = new Metrics(sourcesOf(observed, eventLoop));
  const answers = new Map<string, () => Promise<Answer>>([
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
    ['/livez', async () => told([health.dead()].filter((why) => why !== undefined))],
    ['/readyz', async () => told(await health.unready())],
    ['/healthz', async () => detailed(await tellHealth())],
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

/** A word for programs, and for people why. */
function told(why: readonly string[]): Answer {
  return why.length === 0 ? plain(200, 'ok') : plain(503, why.join('\n'));
}

function detailed(told: ToldHealth): Answer {
  return {
    status: told.live && told.ready ? 200 : 503,
    type: 'application/json; charset=utf-8',
    body: `${JSON.stringify(told, null, 2)}\n`,
  };
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
