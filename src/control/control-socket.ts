import { dirname, join } from 'node:path';
import type { Config } from '../config/schema.ts';
import { OperatorError } from '../errors.ts';

/** Of a Unix socket's path, in octets: unix(7), sun_path without its end. Node.js 20 cuts a longer one off without a word, later ones refuse it. */
const longest = 107;

type Place = Pick<Config, 'control'> & { readonly store: Pick<Config['store'], 'url'> };

/**
 * The Unix socket of the service with this config; undefined if it has none. @param worker which of its processes: the first has the name of the config
 * @throws OperatorError 'control-path' if it is too long for one
 */
export function controlSocket(config: Place, worker = 1): string | undefined {
  const path = socketPath(config, worker);
  const size = path === undefined ? 0 : Buffer.byteLength(path);
  if (size > longest)
    throw new OperatorError(
      'control-path',
      `${path} is too long for a Unix socket: ${size} octets, of at most ${longest}`,
    );
  return path;
}

function socketPath({ control, store: { url } }: Place, worker: number): string | undefined {
  const path = control.socket ?? (url.driver === 'sqlite' ? join(dirname(url.path), 'radgate.sock') : undefined);
  return path === undefined || worker === 1 ? path : `${path}.${worker}`;
}
