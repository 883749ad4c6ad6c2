import type { Generation } from '../generation.ts';
import type { UsedPrimary } from '../observe/health.ts';
import type { Upstreams } from '../observe/metrics.ts';

/** The primaries that logins go to: those that some client or realm names. */
export function usedPrimaries({ config, primaries }: Generation): readonly UsedPrimary[] {
  const names = new Set([...config.client, ...config.realm].map(({ primary }) => primary));
  return Array.from(primaries, ([name, { upstreams }]) => ({ name, servers: upstreams })).filter(({ name }) =>
    names.has(name),
  );
}

/** Each server, for people and programs that ask how the service is. */
export function describedUpstreams(upstreams: readonly Upstreams[]): object[] {
  return upstreams.flatMap(({ primary, servers }) =>
    servers.map(({ server, isUp, outstanding }) => ({ primary, server, up: isUp, outstanding })),
  );
}
