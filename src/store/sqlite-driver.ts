import { closeSync, openSync, statSync } from 'node:fs';
import Database from 'libsql';
import type { AuditSettings } from '../audit/settings.ts';
import { OperatorError } from '../errors.ts';
import { findSeal } from './find-seal.ts';
import { migrate } from './migrate.ts';
import type { Seal } from './seal.ts';
import type { Row, Sql, SqlValue } from './sql.ts';

export interface SqliteOptions {
  readonly file: string;
  readonly keyFile: string;
  /** `power`: a commit is on the disk (fsync) before it counts; `process`: it survives the process, not a power cut. */
  readonly durability: 'process' | 'power';
  /** Default: as usualAudit. */
  readonly audit?: AuditSettings;
}

/** How long a statement waits for another process to finish its write, in milliseconds. */
const busyTimeout = 5_000;

/**
 * One connection to a SQLite file in WAL mode. It blocks its thread: see sqlite-thread.ts. Two traps of libsql are gone around: a parameter that
 * is a lone Buffer is taken for an object of names and ends the process, so parameters go as an array; and its get() does not reset the statement
 * first, so that after all() or an error it gives the row of the parameters before.
 */
export class SqliteDriver implements Sql {
  readonly #database: Database.Database;
  readonly #statements = new Map<string, Database.Statement>();
  readonly #file: string;
  readonly #inode: number;

  constructor({ file, durability }: SqliteOptions) {
    this.#file = file;
    try {
      // Made here and not by SQLite, which would let others read it.
      closeSync(openSync(file, 'a', 0o600));
      this.#inode = statSync(file).ino;
      this.#database = new Database(file);
      this.#database.pragma(`busy_timeout = ${busyTimeout}`);
      this.#database.pragma('journal_mode = WAL');
      this.#database.pragma(`synchronous = ${durability === 'power' ? 'FULL' : 'NORMAL'}`);
      this.#database.pragma('foreign_keys = ON');
    } catch (error) {
      throw new OperatorError('store-unavailable', `cannot open the store ${file}: ${String(error)}`, { cause: error });
    }
  }

  async get(statement: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.all(statement, ...parameters);
    return row;
  }

  async all(statement: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#prepare(statement).all(parameters).map(plain);
  }

  async run(statement: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#prepare(statement).run(parameters).changes;
  }

  /** For BEGIN, SAVEPOINT and the like. */
  exec(statement: string): void {
    this.#database.exec(statement);
  }

  /** @throws Error if the file was removed or replaced: what is committed to a removed file is lost */
  assertFileInPlace(): void {
    if (statSync(this.#file).ino !== this.#inode) throw new Error(`${this.#file} was replaced by another file`);
  }

  /** @throws Error if SQLite has rolled back by itself, as it does on a full disk or an I/O error: what came next would be committed alone */
  assertInTransaction(): void {
    if (!this.#database.inTransaction) throw new Error('the transaction was rolled back');
  }

  close(): void {
    // A connection lives on, with its lock, until its last statement is collected.
    if (this.#database.inTransaction) this.#database.exec('ROLLBACK');
    this.#database.close();
  }

  #prepare(statement: string): Database.Statement {
    const known = this.#statements.get(statement);
    if (known) return known;
    const prepared = this.#database.prepare(statement);
    this.#statements.set(statement, prepared);
    return prepared;
  }
}

/** Opens the file, brings its schema up to date and finds its key. @throws OperatorError that says what is wrong with which file */
export async function openSqlite(options: SqliteOptions): Promise<{ driver: SqliteDriver; seal: Seal }> {
  const driver = new SqliteDriver(options);
  try {
    driver.exec('BEGIN IMMEDIATE');
    await migrate(driver, options.file);
    const seal = await findSeal(driver, options.file, options.keyFile);
    driver.exec('COMMIT');
    return { driver, seal };
  } catch (error) {
    driver.close();
    if (error instanceof OperatorError) throw error;
    throw new OperatorError('store-unavailable', `cannot open the store ${options.file}: ${String(error)}`, {
      cause: error,
    });
  }
}

/** libsql gives octets as ArrayBuffer. */
function plain(row: unknown): Row {
  const columns: Record<string, SqlValue> = {};
  for (const [name, value] of Object.entries(row as Record<string, SqlValue | ArrayBuffer>))
    columns[name] = value instanceof ArrayBuffer ? Buffer.from(value) : value;
  return columns;
}
