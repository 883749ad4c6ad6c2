import { integerOrNull, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import { holdApprovals } from './approval-state.ts';
import { statusForWaiting, type Mode, type Status } from './approval.ts';

export interface CloseInput {
  readonly id: string;
  readonly userId: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** The login whose NAS gives up; what it asked for goes on at its prompt, where there is one. */
  readonly goesOn:
    | {
        readonly loginId: string;
        /** To be picked on the page, among `numbers`. */
        readonly number: number;
        readonly numbers: readonly number[];
        /** Milliseconds since 1970 UTC. */
        readonly until: number;
      }
    | undefined;
}

export interface CloseOutput {
  /** For who waits. */
  readonly status: Status;
  /** What the prompt has to show, if it goes on. */
  readonly number: number | null;
}

/** The NAS waits no longer: ends an approval, unless it was decided just now, or turns it into one whose page shows a code to type. */
export const closeApproval: Transaction<CloseInput, CloseOutput> = {
  name: 'close-approval',
  access: 'write',
  run: async ({ sql }, { id, userId, now, goesOn }) => {
    await holdApprovals(sql, userId);
    const row = await sql.get('SELECT status, mode, number FROM approvals WHERE id = ? AND user_id = ?', id, userId);
    if (!row) return { status: 'closed', number: null };
    const status = statusForWaiting(text(row, 'status') as Status, text(row, 'mode') as Mode);
    if (status !== 'open') return { status, number: null };
    if (!goesOn) {
      // Another request may have joined, and wait longer.
      const ended = await sql.run("UPDATE approvals SET status = 'closed' WHERE id = ? AND expires_at <= ?", id, now);
      return { status: ended === 1 ? 'closed' : 'open', number: null };
    }
    const before = integerOrNull(row, 'number');
    if (before === null)
      await sql.run(
        'UPDATE approvals SET number = ?, numbers = ? WHERE id = ?',
        goesOn.number,
        JSON.stringify(goesOn.numbers),
        id,
      );
    await sql.run(
      "UPDATE approvals SET mode = 'typed', login_id = ?, expires_at = ? WHERE id = ?",
      goesOn.loginId,
      goesOn.until,
      id,
    );
    return { status: 'open', number: before ?? goesOn.number };
  },
};
