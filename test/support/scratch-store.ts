import { randomUUID } from 'node:crypto';
import { rmSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldUserName } from '../../src/policy/user-name.ts';
import type { KeptPassword } from '../../src/store/kept-password.ts';
import { codeFactor } from '../../src/store/lockouts.ts';
import { SqliteStore, type SqliteStoreOptions } from '../../src/store/sqlite-store.ts';
import type { Row, SqlValue } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { addToken, empty, execute, keepPassword, query, type NewToken } from './test-transactions.ts';

/** The module that serves the service's transactions and the tests' own. */
const storeThread = new URL('./store-thread.js', import.meta.url);

export interface NewUser {
  readonly id?: string;
  /** The first is the user's name, the others are aliases. */
  readonly names: readonly string[];
  /** As password-hash.ts makes it. */
  readonly password?: string;
  /** What is kept beside it. */
  readonly kept?: KeptPassword;
  readonly disabled?: boolean;
  readonly failures?: number;
}

/** Opens a store in the directory of another, or in any. */
export function openStoreIn(dir: string, options: Partial<SqliteStoreOptions> = {}): Promise<SqliteStore> {
  return SqliteStore.open({
    file: join(dir, 'radgate.db'),
    keyFile: join(dir, 'radgate.key'),
    durability: 'process',
    thread: storeThread,
    onDeath: (error) => {
      throw error;
    },
    ...options,
  });
}

/** A real SQLite store in a directory of its own, which goes with it. */
export class ScratchStore {
  readonly dir: string;
  #store: SqliteStore;

  private constructor(dir: string, store: SqliteStore) {
    this.dir = dir;
    this.#store = store;
  }

  static async open(): Promise<ScratchStore> {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-store-'));
    return new ScratchStore(dir, await openStoreIn(dir));
  }

  get store(): Store {
    return this.#store;
  }

  get file(): string {
    return join(this.dir, 'radgate.db');
  }

  get keyFile(): string {
    return join(this.dir, 'radgate.key');
  }

  /** Closes it and opens it anew, as a restart does. */
  async reopen(): Promise<Store> {
    await this.#store.close();
    this.#store = await openStoreIn(this.dir);
    return this.#store;
  }

  /** Makes it as it was when it was new, without a new thread. */
  async empty(): Promise<void> {
    await this.#store.run(empty, null);
  }

  async remove(): Promise<void> {
    await this.#store.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  execute(sql: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#store.run(execute, { sql, parameters });
  }

  query(sql: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#store.run(query, { sql, parameters });
  }

  /** The only row of a query. */
  async row(sql: string, ...parameters: readonly SqlValue[]): Promise<Row> {
    const [row, ...more] = await this.query(sql, ...parameters);
    if (!row || more.length > 0) throw new Error(`${row ? more.length + 1 : 0} rows of ${sql}`);
    return row;
  }

  addUser(user: NewUser): Promise<string> {
    return addUser(this.#store, user);
  }

  addToken(token: Omit<NewToken, 'id'> & { readonly id?: string }): Promise<string> {
    return giveToken(this.#store, token);
  }
}

/** Adds a user with all names; gives the id. */
export async function addUser(store: Store, user: NewUser): Promise<string> {
  const { id = randomUUID(), names, password = null, kept, disabled = false, failures = 0 } = user;
  await store.run(execute, {
    sql: 'INSERT INTO users (id, name, password, disabled, created_at) VALUES (?, ?, ?, ?, 0)',
    parameters: [id, names[0] ?? '', password, disabled ? 1 : 0],
  });
  if (kept) await store.run(keepPassword, { userId: id, kept });
  if (failures > 0)
    await store.run(execute, {
      sql: 'INSERT INTO lockouts (user_id, factor, failures) VALUES (?, ?, ?)',
      parameters: [id, codeFactor, failures],
    });
  for (const name of names) {
    const folded = foldUserName(name);
    if (!folded) throw new Error(`${name} is no user name`);
    await store.run(execute, {
      sql: 'INSERT INTO user_names (folded, bare, skeleton, user_id) VALUES (?, ?, ?, ?)',
      parameters: [folded.folded, folded.bare, folded.skeleton, id],
    });
  }
  return id;
}

/** Adds a token; gives its id. */
export async function giveToken(store: Store, token: Omit<NewToken, 'id'> & { readonly id?: string }): Promise<string> {
  const id = token.id ?? randomUUID();
  await store.run(addToken, { ...token, id });
  return id;
}
