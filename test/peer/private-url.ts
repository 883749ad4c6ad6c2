import type { Radgate } from './radgate.ts';

/** Where a service tells its metrics and health, as `http://host:port`. @throws Error if it does not */
export function privateUrl({ log }: Radgate): string {
  const told = log.find(({ msg }) => msg === 'ready')?.['metrics'];
  if (!Array.isArray(told)) throw new Error('it tells no metrics');
  return `http://${String(told[0])}`;
}
