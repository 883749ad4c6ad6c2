import { existsSync } from 'node:fs';
import type { Config } from '../config/schema.ts';
import { OperatorError } from '../errors.ts';
import type { Store } from '../store/store.ts';
import { commandConfig } from './command-config.ts';
import type { CommonOptions } from './common-options.ts';
import { withStoreOf } from './with-store.ts';

/** The config, if its store is there: other commands would make an empty one. @throws OperatorError 'store-unavailable' */
export function configOfExisting(options: CommonOptions): Config {
  const { config } = commandConfig(options);
  const { url } = config.store;
  if (url.driver === 'sqlite' && !existsSync(url.path))
    throw new OperatorError('store-unavailable', `there is no store ${url.path}`);
  return config;
}

/** Opens a store that is there, beside the service if it runs, and closes it afterwards. */
export async function withExistingStore<T>(
  options: CommonOptions,
  use: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const config = configOfExisting(options);
  return withStoreOf(config, (store) => use(store, config));
}
