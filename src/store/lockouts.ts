import type { LockRecord } from '../policy/lockout.ts';
import { integerOrNull, octetsOrNull, textOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { TransactionContext } from './store.ts';

/** Codes that are typed, of whatever kind, are guessed together: one count for all. */
export const codeFactor = 'code';

/** A user's wrong answers in a row, held by the transaction that reads it. */
export interface HeldLockout extends LockRecord {
  /** Keyed digest of the last wrong answer. */
  readonly lastAnswer: Buffer | null;
  readonly lastClient: string | null;
}

/** What `lockoutColumns` name. */
export function lockoutOf(row: Row | undefined): HeldLockout {
  if (!row) return { failures: 0, pausedUntil: null, lastAt: null, lastAnswer: null, lastClient: null };
  return {
    failures: integerOrNull(row, 'failures') ?? 0,
    pausedUntil: integerOrNull(row, 'paused_until'),
    lastAt: integerOrNull(row, 'last_at'),
    lastAnswer: octetsOrNull(row, 'last_answer'),
    lastClient: textOrNull(row, 'last_client'),
  };
}

/** A user without a row has none: all of them are null where it is joined. */
export const lockoutColumns =
  'lockouts.failures, lockouts.paused_until, lockouts.last_answer, lockouts.last_client, lockouts.last_at';

/**
 * Takes a user for this transaction alone, until it is committed: what it reads of him from now on still stands when it writes. On SQLite it holds the
 * whole store as it is.
 */
export async function holdUser({ sql, sharedNow }: TransactionContext, userId: string): Promise<void> {
  if (sharedNow) await sql.get('SELECT 1 FROM users WHERE id = ? FOR NO KEY UPDATE', userId);
}

/** A user's wrong answers, the user being held. */
export async function holdLockout(context: TransactionContext, userId: string, factor: string): Promise<HeldLockout> {
  await holdUser(context, userId);
  return readLockout(context.sql, userId, factor);
}

export async function readLockout(sql: Sql, userId: string, factor: string): Promise<HeldLockout> {
  return lockoutOf(
    await sql.get(`SELECT ${lockoutColumns} FROM lockouts WHERE user_id = ? AND factor = ?`, userId, factor),
  );
}

/** Writes the count of a wrong answer, the user being held. */
export async function writeLockout(sql: Sql, userId: string, factor: string, lockout: HeldLockout): Promise<void> {
  await sql.run(
    `INSERT INTO lockouts (user_id, factor, failures, paused_until, last_answer, last_client, last_at) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (user_id, factor) DO UPDATE SET failures = excluded.failures, paused_until = excluded.paused_until,
       last_answer = excluded.last_answer, last_client = excluded.last_client, last_at = excluded.last_at`,
    userId,
    factor,
    lockout.failures,
    lockout.pausedUntil,
    lockout.lastAnswer,
    lockout.lastClient,
    lockout.lastAt,
  );
}

/** Starts the count anew, the user being held. @param held what was counted until now */
export async function clearLockout(sql: Sql, userId: string, factor: string, held: HeldLockout): Promise<void> {
  if (held.failures === 0 && held.lastAt === null) return;
  await writeLockout(sql, userId, factor, lockoutOf(undefined));
}

/** The same for all factors; it takes the user first, as an answer that is being checked does: in one order nobody waits for ever. */
export async function clearLockouts(context: TransactionContext, userId: string): Promise<void> {
  await holdUser(context, userId);
  await context.sql.run(
    `UPDATE lockouts SET failures = 0, paused_until = NULL, last_answer = NULL, last_client = NULL, last_at = NULL
     WHERE user_id = ?`,
    userId,
  );
}
