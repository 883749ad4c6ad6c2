import type { Clock } from '../clock.ts';
import type { Generation } from '../generation.ts';
import type { Health } from '../observe/health.ts';
import type { Upstreams } from '../observe/metrics.ts';
import type { WatchedStore } from '../store/watched-store.ts';
import { version } from '../version.ts';
import type { Lasting } from './build-generation.ts';
import type { DailyUpkeep } from './daily-upkeep.ts';

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

/** Whether all is well, why not, and what is known of the parts: what /healthz tells, as JSON. */
export interface ToldHealth {
  readonly live: boolean;
  readonly ready: boolean;
  readonly why: readonly string[];
  readonly [detail: string]: unknown;
}

/** What tells of a service that starts now. */
export function healthTeller(observed: Observed): () => Promise<ToldHealth> {
  const { health, clock } = observed;
  const started = clock.monotonic();
  return async () => {
    const dead = health.dead();
    const unready = await health.unready();
    return {
      live: dead === undefined,
      ready: unready.length === 0,
      why: dead === undefined ? unready : [dead, ...unready],
      version,
      node: process.version,
      uptime_seconds: Math.round((clock.monotonic() - started) / 1000),
      ...detailsOf(observed),
    };
  };
}

function detailsOf({ lasting, store, current, receivers, upkeep }: Observed): object {
  return {
    store: { pending: store.pending, trouble: store.trouble?.why ?? null },
    upstreams: upstreamsOf(current()).flatMap(({ primary, servers }) =>
      servers.map(({ server, isUp, outstanding }) => ({ primary, server, up: isUp, outstanding })),
    ),
    providers: current().worker.providers.map(({ provider, isUp }) => ({ provider, up: isUp })),
    siem: receivers.map(({ name, isUp }) => ({ name, up: isUp })),
    pending: { logins: lasting.logins.count, challenges: lasting.waiting.size, approvals: lasting.waits.size },
    warnings: upkeep.warnings.map(({ message }) => message),
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
