import { join } from 'node:path';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import { peer } from '../peer/peer.ts';
import { Postgres } from './postgres.ts';
import { openStoreIn } from './scratch-store.ts';

/** A database of its own, empty at first, that any number of nodes open. */
export interface Database {
  readonly dir: string;
  readonly keyFile: string;
  readonly open: () => Promise<Store>;
}

export interface RunningDriver {
  /** @param dir an empty directory, for what the database keeps in files */
  readonly database: (dir: string) => Promise<Database>;
  readonly stop: () => Promise<void>;
}

export interface Driver {
  readonly name: string;
  /** Mocha's describe, where the driver can be tested. */
  readonly suite: (title: string, body: (this: Mocha.Suite) => void) => void;
  readonly start: () => Promise<RunningDriver>;
}

/** The embedded store. */
export const sqlite: Driver = {
  name: 'SqliteStore',
  suite: describe,
  start: async () => ({
    database: async (dir) => {
      const keyFile = join(dir, 'key');
      return { dir, keyFile, open: () => openStoreIn(dir, { keyFile }) };
    },
    stop: async () => undefined,
  }),
};

/** The shared store, on a real server. */
export const postgres: Driver = {
  name: 'PostgresStore',
  suite: peer('postgresql'),
  start: async () => {
    const server = await Postgres.start();
    return {
      database: async (dir) => {
        const keyFile = join(dir, 'key');
        const options = { ...server.server(await server.createDatabase()), keyFile, timeout: 5_000 };
        return { dir, keyFile, open: () => PostgresStore.open(options) };
      },
      stop: () => server.remove(),
    };
  },
};

export const drivers: readonly Driver[] = [sqlite, postgres];
