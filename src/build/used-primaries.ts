import type { Generation } from '../generation.ts';
import type { UsedPrimary } from '../observe/health.ts';

/** The primaries that logins go to: those that some client or realm names. */
export function usedPrimaries({ config, primaries }: Generation): readonly UsedPrimary[] {
  const names = new Set([...config.client, ...config.realm].map(({ primary }) => primary));
  return Array.from(primaries, ([name, { upstreams }]) => ({ name, servers: upstreams })).filter(({ name }) =>
    names.has(name),
  );
}
