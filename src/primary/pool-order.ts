import type { Liveness, Standing } from './liveness.ts';

export type PoolMode = 'fail-over' | 'load-balance';

/** A server of a pool, as far as its turn depends on it. */
export interface Ranked {
  readonly liveness: Liveness;
  /** Requests that it has not answered yet. */
  readonly outstanding: number;
}

export interface Turns<S> {
  /** Alive and suspect servers in the order in which they are asked: each has its tries within the deadline. */
  readonly first: readonly S[];
  /** Dead ones, asked in the time that those leave; the only ones if there are no others. */
  readonly last: readonly S[];
  /** The one of `first` that is not alive and is tried as if it were. */
  readonly trial: S | undefined;
}

/**
 * Whose turn it is to be asked: RFC 5080 says nothing of it, so as administrators know it from other RADIUS proxies. `fail-over` keeps the order of
 * the config; `load-balance` takes whoever has the fewest requests outstanding.
 * @param servers in the order of the config @param random in [0, 1), settles ties
 */
export function turnsOf<S extends Ranked>(
  servers: readonly S[],
  mode: PoolMode,
  now: number,
  random: () => number,
): Turns<S> {
  const hasAlive = servers.some(({ liveness }) => liveness.standing === 'alive');
  const trial = hasAlive ? servers.find((server) => isDueForTrial(server, now)) : undefined;
  const standing = (server: S): Standing => (server === trial ? 'alive' : server.liveness.standing);
  const ordered = mode === 'fail-over' ? servers : byLoad(servers, random);
  const of = (wanted: Standing): S[] => ordered.filter((server) => standing(server) === wanted);
  const first = [...of('alive'), ...of('suspect')];
  const last = of('dead');
  return first.length > 0 ? { first, last, trial } : { first: last, last: [], trial };
}

function isDueForTrial({ liveness: { standing, trialAt } }: Ranked, now: number): boolean {
  return standing !== 'alive' && trialAt <= now;
}

function byLoad<S extends Ranked>(servers: readonly S[], random: () => number): S[] {
  return servers
    .map((server) => ({ server, tie: random() }))
    .toSorted((a, b) => a.server.outstanding - b.server.outstanding || a.tie - b.tie)
    .map(({ server }) => server);
}
