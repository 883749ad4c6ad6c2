import { hostname } from 'node:os';
import type { AuditSettings } from '../audit/settings.ts';
import type { Config } from '../config/schema.ts';
import { OperatorError } from '../errors.ts';
import { importIsUnfinished } from '../store/import.ts';
import { storeIsCurrent as fileIsCurrent } from '../store/inspect-sqlite.ts';
import type { PostgresStoreOptions } from '../store/postgres-store.ts';
import type { SqliteOptions } from '../store/sqlite-driver.ts';
import { SqliteStore } from '../store/sqlite-store.ts';
import type { Store } from '../store/store.ts';

/** Longest that a database on another host is waited for, in milliseconds; less for a client that waits less itself. */
const storeTimeout = 2_000;

/**
 * Opens the store that the config names.
 * @throws OperatorError that says what is wrong with it; 'store-unfinished' if an import was begun and not finished
 */
export async function openStore(config: Config, onDeath: (error: Error) => void): Promise<Store> {
  const store = await openForImport(config, onDeath);
  try {
    if (!(await store.run(importIsUnfinished, null))) return store;
    throw new OperatorError('store-unfinished', 'an import into this store was begun and not finished');
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** The same, whether it holds half an import or not. */
export async function openForImport(config: Config, onDeath: (error: Error) => void): Promise<Store> {
  const options = storeOptions(config);
  // A start on SQLite does not wait until PostgreSQL's client is loaded.
  if ('host' in options) return (await import('../store/postgres-store.ts')).PostgresStore.open(options);
  return SqliteStore.open({ ...options, thread: new URL('../store-thread.js', import.meta.url), onDeath });
}

/** Whether the store is there and of this version, so that opening it changes nothing. @throws OperatorError or StoreError if it can't be told */
export async function storeIsCurrent(config: Config): Promise<boolean> {
  const options = storeOptions(config);
  if (!('host' in options)) return fileIsCurrent(options);
  const { databaseIsCurrent } = await import('../store/inspect-postgres.ts');
  return databaseIsCurrent(options, options.timeout);
}

function storeOptions(config: Config): SqliteOptions | PostgresStoreOptions {
  const { url, key_file: keyFile, durability, password } = config.store;
  const audit = auditSettings(config);
  if (url.driver === 'sqlite') return { file: url.path, keyFile, durability, audit };
  const timeout = Math.floor(Math.min(storeTimeout, ...config.client.map(({ deadline }) => deadline / 2)));
  return { ...url, password: password?.bytes, keyFile, durability, timeout, audit };
}

function auditSettings({ audit }: Config): AuditSettings {
  const { node = hostname(), first_name: firstName, last_name: lastName, email, phone } = audit;
  return { node, firstName, lastName, email, phone };
}
