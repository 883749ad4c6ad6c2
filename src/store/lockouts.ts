import type { LockRecord } from '../policy/lockout.ts';
import { integer, integerOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';

/** Codes that are typed, of whatever kind, are guessed together: one count for all. */
export const codeFactor = 'code';

export function lockRecord(row: Row): LockRecord {
  return {
    failures: integer(row, 'failures'),
    pausedUntil: integerOrNull(row, 'paused_until'),
    lastAt: integerOrNull(row, 'last_at'),
  };
}

/**
 * Takes a user's row of wrong answers for this transaction alone: the UPDATE that changes nothing holds its lock until the commit, so that
 * what is read here still stands when it is written.
 */
export async function holdLockout(sql: Sql, userId: string, factor: string): Promise<Row> {
  await sql.run('INSERT INTO lockouts (user_id, factor) VALUES (?, ?) ON CONFLICT DO NOTHING', userId, factor);
  const row = await sql.get(
    `UPDATE lockouts SET failures = failures WHERE user_id = ? AND factor = ?
     RETURNING failures, paused_until, last_answer, last_client, last_at`,
    userId,
    factor,
  );
  if (!row) throw new Error('a row that was just inserted is gone');
  return row;
}

/** Starts the count anew. The row stays: another transaction may be waiting to hold it. */
export async function clearLockout(sql: Sql, userId: string, factor: string): Promise<void> {
  await sql.run(
    `UPDATE lockouts SET failures = 0, paused_until = NULL, last_answer = NULL, last_client = NULL, last_at = NULL
     WHERE user_id = ? AND factor = ?`,
    userId,
    factor,
  );
}

/** The same for all factors. */
export async function clearLockouts(sql: Sql, userId: string): Promise<void> {
  await sql.run(
    `UPDATE lockouts SET failures = 0, paused_until = NULL, last_answer = NULL, last_client = NULL, last_at = NULL
     WHERE user_id = ?`,
    userId,
  );
}
