import { dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';

/** The Unix socket of the service with this config; undefined if it has none. @param worker which of its processes: the first has the name of the config */
export function controlSocket(
  { control, store: { url } }: Pick<Config, 'control' | 'store'>,
  worker = 1,
): string | undefined {
  const path = control.socket ?? (url.driver === 'sqlite' ? join(dirname(url.path), 'radgate.sock') : undefined);
  return path === undefined || worker === 1 ? path : `${path}.${worker}`;
}
