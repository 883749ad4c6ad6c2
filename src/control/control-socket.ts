import { dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';

/** The Unix socket of the service with this config; undefined if it has none. */
export function controlSocket({ control, store: { url } }: Pick<Config, 'control' | 'store'>): string | undefined {
  return control.socket ?? (url.driver === 'sqlite' ? join(dirname(url.path), 'radgate.sock') : undefined);
}
