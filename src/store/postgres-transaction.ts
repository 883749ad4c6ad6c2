import type { Pool, PoolClient } from 'pg';
import { PostgresError, PostgresSql } from './postgres-sql.ts';
import type { Row, Sql, SqlValue } from './sql.ts';
import { StoreError } from './store.ts';

const begin = {
  read: 'BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY',
  write: 'BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE',
} as const;

/**
 * Runs `work` between BEGIN and COMMIT: a `read` sees one moment of the database, a `write` sees what others committed before each of its statements.
 * @throws StoreError if it can't be connected or committed, and whatever `work` throws: then nothing of it happened, or at a COMMIT that was
 * not answered perhaps all of it
 */
export async function inTransaction<T>(
  pool: Pool,
  access: 'read' | 'write',
  work: (sql: PostgresSql) => Promise<T>,
): Promise<T> {
  const client = await connect(pool);
  const sql = new PostgresSql(client);
  try {
    await sql.command(begin[access]);
    const output = await work(sql);
    if ((await sql.command('COMMIT')) !== 'COMMIT') throw new StoreError('one of its statements had failed');
    return output;
  } catch (error) {
    // Without an answer there is no telling what the connection is at; the server rolls back when it ends.
    if (!sql.lost) await sql.command('ROLLBACK').catch(() => undefined);
    throw error;
  } finally {
    client.release(sql.lost);
  }
}

/**
 * Reads by a statement that sees one moment of the database by itself, without BEGIN and COMMIT around it.
 * @returns undefined if one is not enough: `work` is to be run in a transaction
 */
export async function inOneStatement<T>(
  pool: Pool,
  work: (sql: Sql) => Promise<T>,
): Promise<{ readonly output: T } | undefined> {
  const client = await connect(pool);
  const sql = new PostgresSql(client);
  try {
    return { output: await work(new OneStatement(sql)) };
  } catch (error) {
    if (error instanceof SecondStatement) return undefined;
    throw error;
  } finally {
    client.release(sql.lost);
  }
}

/** Lets the first statement through. */
class OneStatement implements Sql {
  readonly #sql: Sql;
  #isUsed = false;

  constructor(sql: Sql) {
    this.#sql = sql;
  }

  async get(statement: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    return this.#next().get(statement, ...parameters);
  }

  async all(statement: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return this.#next().all(statement, ...parameters);
  }

  async run(): Promise<number> {
    throw new Error('a read changes nothing');
  }

  #next(): Sql {
    if (this.#isUsed) throw new SecondStatement();
    this.#isUsed = true;
    return this.#sql;
  }
}

class SecondStatement extends Error {}

async function connect(pool: Pool): Promise<PoolClient> {
  try {
    return await pool.connect();
  } catch (error) {
    throw new PostgresError(error);
  }
}
