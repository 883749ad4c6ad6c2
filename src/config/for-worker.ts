import type { Config } from './schema.ts';

/**
 * The config for one more process that serves the same RADIUS ports. What a host has once is left to the first: receivers of the audit, the age of its
 * rows. Metrics are at ports of their own. That there are pages stays in it: logins wait for what is done on those of the first.
 * @param index 2 for the second process
 */
export function forWorker(config: Config, index: number): Config {
  const { audit, metrics } = config;
  const listen = metrics.listen?.map(({ host, port }) => ({ host, port: port + index - 1 }));
  return {
    ...config,
    siem: [],
    audit: { ...audit, keep: undefined },
    metrics: { ...metrics, listen },
  };
}
