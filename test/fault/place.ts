import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import type { Store } from '../../src/store/store.ts';
import type { Postgres } from '../support/postgres.ts';
import { openStoreIn } from '../support/scratch-store.ts';

/** Where a store is that the built program and the test both open. */
export interface Place {
  /** A directory of its own, for the configs too. */
  readonly dir: string;
  /** `[store]`, as the program is told of it. */
  readonly section: string;
  readonly open: () => Promise<Store>;
  readonly remove: () => void;
}

/** A SQLite file. @param more keys of `[store]` */
export function sqlitePlace(more = 'durability = "process"'): Place {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-fault-'));
  return {
    dir,
    section: `url = "sqlite:${join(dir, 'radgate.db')}"\nkey_file = "${join(dir, 'radgate.key')}"\n${more}`,
    open: () => openStoreIn(dir),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

/** A database of a running PostgreSQL. */
export async function postgresPlace(postgres: Postgres): Promise<Place> {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-fault-'));
  const database = await postgres.createDatabase();
  const keyFile = join(dir, 'radgate.key');
  return {
    dir,
    section: `url = "postgres://radgate@127.0.0.1:${postgres.port}/${database}"
password = "${postgres.password}"
key_file = "${keyFile}"`,
    open: () => PostgresStore.open({ ...postgres.server(database), keyFile, timeout: 5_000 }),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}
