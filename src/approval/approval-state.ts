import { goesOn } from '../policy/goes-on.ts';
import { integer } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';

/** How a user has dealt with approvals. */
export interface ApprovalState {
  /** Asked in a row without an approval. */
  readonly unanswered: number;
  /** None is asked until then, in milliseconds since 1970 UTC. */
  readonly blockedUntil: number;
}

/** Takes a user's row for this transaction alone: of two that ask or decide at once one waits. */
export async function holdApprovals(sql: Sql, userId: string): Promise<ApprovalState> {
  await sql.run('INSERT INTO approval_states (user_id) VALUES (?) ON CONFLICT DO NOTHING', userId);
  const row = await sql.get(
    'UPDATE approval_states SET unanswered = unanswered WHERE user_id = ? RETURNING unanswered, blocked_until',
    userId,
  );
  if (!row) throw new Error('a row that was just inserted is gone');
  return { unanswered: integer(row, 'unanswered'), blockedUntil: integer(row, 'blocked_until') };
}

/** A login succeeded: approvals may be asked again. */
export async function forgetUnanswered(sql: Sql, userId: string): Promise<void> {
  await sql.run('UPDATE approval_states SET unanswered = 0 WHERE user_id = ?', userId);
}

/** Asks nothing of a user and sends nothing until then. @param until milliseconds since 1970 UTC */
export async function blockApprovals(sql: Sql, userId: string, until: number): Promise<void> {
  await sql.run('UPDATE approval_states SET blocked_until = ? WHERE user_id = ?', until, userId);
}

/**
 * Whether approvals and messages are held back because the user reported a login.
 * @param block how long a report holds them back, in milliseconds @param now milliseconds since 1970 UTC
 */
export async function isBlocked(sql: Sql, userId: string, block: number, now: number): Promise<boolean> {
  const row = await sql.get('SELECT blocked_until FROM approval_states WHERE user_id = ?', userId);
  return row !== undefined && goesOn(integer(row, 'blocked_until'), block, now);
}

/** An administrator lets a user go on. */
export async function clearApprovals(sql: Sql, userId: string): Promise<void> {
  await sql.run('UPDATE approval_states SET unanswered = 0, blocked_until = 0 WHERE user_id = ?', userId);
}

/** Ends what is open of a user's: it stays without an answer. */
export async function closeOpenOf(sql: Sql, userId: string): Promise<void> {
  await sql.run("UPDATE approvals SET status = 'closed' WHERE user_id = ? AND status = 'open'", userId);
}

/** Ends all of a user's: what is open stays without an answer, and what was answered serves no other request. */
export async function closeApprovalsOf(sql: Sql, userId: string): Promise<void> {
  await sql.run("UPDATE approvals SET status = 'closed' WHERE user_id = ?", userId);
}

/** The same for the help desk. @param userId of a user */
export const showApprovalState: Transaction<string, ApprovalState> = {
  name: 'show-approval-state',
  access: 'read',
  run: async ({ sql }, userId) => {
    const row = await sql.get('SELECT unanswered, blocked_until FROM approval_states WHERE user_id = ?', userId);
    return row
      ? { unanswered: integer(row, 'unanswered'), blockedUntil: integer(row, 'blocked_until') }
      : { unanswered: 0, blockedUntil: 0 };
  },
};
