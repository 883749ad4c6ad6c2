import type { QueuedMessages } from '../figures/queued.ts';
import type { Generation } from '../generation.ts';
import type { Logger } from '../observe/logger.ts';
import type { Health } from '../observe/health.ts';
import type { Metrics, Upstreams } from '../observe/metrics.ts';
import { countQueued } from '../store/count-queued.ts';
import type { Store } from '../store/store.ts';
import { plain, PrivateServer, type Answer, type PrivateServerOptions } from '../web/private-server.ts';

/** How long a scrape waits for the store, in milliseconds: Prometheus gives up after 10 s. */
const patience = 2_000;

/** The server of metrics and health. @throws OperatorError if an address can't be listened on */
export async function openPrivate(
  endpoints: PrivateServerOptions['endpoints'],
  metrics: Metrics,
  health: Health,
  details: () => object,
  logger: Logger,
): Promise<PrivateServer> {
  const answers = new Map<string, () => Promise<Answer>>([
    ['/metrics', async () => ({ status: 200, type: metrics.contentType, body: await metrics.text() })],
    ['/livez', async () => told([health.dead()].filter((why) => why !== undefined))],
    ['/readyz', async () => told(await health.unready())],
    ['/healthz', async () => detailed(health.dead(), await health.unready(), details())],
  ]);
  return PrivateServer.listen({ endpoints, answers, logger });
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
export function upstreamsOf({ primaries, accountings }: Generation): readonly Upstreams[] {
  const of = (name: string, servers: Upstreams['servers'] | undefined): readonly Upstreams[] =>
    servers ? [{ primary: name, servers }] : [];
  return [
    ...Array.from(primaries, ([name, { upstreams }]) => of(name, upstreams)).flat(),
    ...Array.from(accountings, ([name, { upstreams }]) => of(`${name} (accounting)`, upstreams)).flat(),
  ];
}

/** Asks the store what is in the outbox, once at a time; undefined if it can't be told soon. */
export function queuedIn(store: Store): () => Promise<readonly QueuedMessages[] | undefined> {
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
