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

/** Pages of 4 KiB in the write-ahead log from which on a commit empties it itself: see checkpoints.ts. */
const longestLog = 4_000;

/** A statement whose rows come as arrays, which takes half of the time of objects, and the names of their columns. */
interface Prepared {
  readonly statement: Database.Statement;
  columns: readonly string[];
}

/**
 * One connection to a SQLite file in WAL mode. It blocks its thread: see sqlite-thread.ts. Two traps of libsql are gone around: a parameter that
 * is a lone Buffer is taken for an object of names and ends the process, so parameters go as an array; and its get() does not reset the statement
 * first, so that after all() or an error it gives the row of the parameters before: it has statements of its own, which an error ends.
 */
export class SqliteDriver implements Sql {
  readonly #database: Database.Database;
  /** By their text; those of get() apart. */
  readonly #one = new Map<string, Prepared>();
  readonly #many = new Map<string, Prepared>();
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
      this.#database.pragma(`wal_autocheckpoint = ${longestLog}`);
      this.#database.pragma('foreign_keys = ON');
    } catch (error) {
      throw new OperatorError('store-unavailable', `cannot open the store ${file}: ${String(error)}`, { cause: error });
    }
  }

  async get(statement: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    const prepared = this.#prepare(this.#one, statement);
    try {
      const row: unknown = prepared.statement.get(parameters);
      return row === undefined ? undefined : named(prepared, row);
    } catch (error) {
      this.#one.delete(statement);
      throw error;
    }
  }

  async all(statement: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    const prepared = this.#prepare(this.#many, statement);
    return prepared.statement.all(parameters).map((row) => named(prepared, row));
  }

  async run(statement: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return this.#prepare(this.#many, statement).statement.run(parameters).changes;
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

  #prepare(known: Map<string, Prepared>, text: string): Prepared {
    const found = known.get(text);
    if (found) return found;
    const statement = this.#database.prepare(text);
    const prepared = { statement, columns: columnsOf(statement) };
    if (statement.reader) statement.raw();
    known.set(text, prepared);
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

function columnsOf(statement: Database.Statement): string[] {
  return statement.columns().map(({ name }) => name);
}

/** libsql gives octets as ArrayBuffer. */
function named(prepared: Prepared, row: unknown): Row {
  const values = row as readonly (SqlValue | ArrayBuffer)[];
  // A newer radgate has added a column to the table: `SELECT *` has more of them now.
  if (values.length !== prepared.columns.length) prepared.columns = columnsOf(prepared.statement);
  const columns: Record<string, SqlValue> = {};
  for (const [i, name] of prepared.columns.entries()) {
    const value = values[i] ?? null;
    columns[name] = value instanceof ArrayBuffer ? Buffer.from(value) : value;
  }
  return columns;
}
