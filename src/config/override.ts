import { OperatorError } from '../errors.ts';
import { storeIn } from './demo.ts';
import { deepFreeze } from './freeze.ts';
import type { ValueType } from './row.ts';
import { type Config, schema } from './schema.ts';
import { listenEndpoint } from './values/endpoint.ts';

/** Options of the command line that go before the file. */
export interface Overrides {
  /** `--listen HOST:PORT`: the only address to listen on. */
  readonly listen?: string | undefined;
  /** `--log-level LEVEL` */
  readonly logLevel?: string | undefined;
  /** `--data DIR`: the store is DIR/radgate.db, its key DIR/radgate.key. */
  readonly data?: string | undefined;
}

/** The config with the command line's options in it; frozen too. @throws OperatorError 'usage' if one of them can't be right */
export function override(config: Config, { listen, logLevel, data }: Overrides): Config {
  if (data === '') throw new OperatorError('usage', '--data must name a directory');
  return deepFreeze({
    ...config,
    listen:
      listen === undefined
        ? config.listen
        : { auth: [read('--listen', listen, listenEndpoint)], workers: config.listen.workers },
    log:
      logLevel === undefined
        ? config.log
        : { ...config.log, level: read('--log-level', logLevel, schema.log.rows.level.type) },
    store: data === undefined ? config.store : { ...config.store, ...storeIn(data) },
  });
}

function read<T>(option: string, text: string, type: ValueType<T>): T {
  const result = type.schema.safeParse(text);
  if (result.success) return result.data;
  throw new OperatorError('usage', `${option} ${result.error.issues[0]?.message ?? 'is not valid'}`);
}
