import type { Pool } from 'pg';
import { PostgresError, PostgresSql } from './postgres-sql.ts';
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
  const client = await pool.connect().catch((error: unknown) => {
    throw new PostgresError(error);
  });
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
