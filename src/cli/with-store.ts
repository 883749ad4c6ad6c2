import { openStore } from '../build/open-store.ts';
import type { Config } from '../config/schema.ts';
import type { Store } from '../store/store.ts';
import { commandConfig } from './command-config.ts';
import type { CommonOptions } from './common-options.ts';
import { demoDirectory } from './demo/data.ts';
import { note } from './terminal/print.ts';

/** Opens the store that the service uses, beside it if it runs, and closes it afterwards. Says so if it is the demo's. */
export async function withStore<T>(
  options: CommonOptions,
  use: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const { file, config } = commandConfig(options);
  if (file === undefined) note(`(demo in ${demoDirectory(options.data)})`);
  return withStoreOf(config, (store) => use(store, config));
}

/** The same, with a config that is known already. */
export async function withStoreOf<T>(config: Config, use: (store: Store) => Promise<T>): Promise<T> {
  // A store that dies fails what is asked of it, which tells the operator.
  const store = await openStore(config, () => {});
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}
