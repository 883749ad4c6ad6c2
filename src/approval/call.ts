import { text } from '../store/row.ts';
import { holdApprovals } from './approval-state.ts';
import { approvalBehind } from './show-approval.ts';
import type { Transaction } from '../store/store.ts';

/** How a call ended that brought no answer. */
const callEnds = ['hung-up', 'machine', 'busy', 'no-answer', 'failed'] as const;
export type CallEnd = (typeof callEnds)[number];

/**
 * What a call opens: the secret in the addresses that the provider posts to. It is longer than the token of a page, so that neither passes for the other.
 * @param secret of the approval
 */
export function callToken(secret: Buffer): Buffer {
  return Buffer.concat([Buffer.from('call:'), secret]);
}

/** A call is over that brought no answer: whoever waits for it need wait no longer. @returns the approval, if it was open */
export const endCall: Transaction<
  { readonly token: Buffer; readonly end: CallEnd; readonly now: number },
  { readonly id: string; readonly loginId: string } | null
> = {
  name: 'end-call',
  access: 'write',
  run: async (context, { token, end, now }) => {
    const { sql } = context;
    const id = await approvalBehind(context, token);
    const whose = id === undefined ? undefined : await sql.get('SELECT user_id FROM approvals WHERE id = ?', id);
    if (id === undefined || !whose) return null;
    await holdApprovals(sql, text(whose, 'user_id'));
    const row = await sql.get(
      // Where the prompt went on meanwhile, the page that it leads to still serves.
      `UPDATE approvals SET status = 'closed', call_end = ? WHERE id = ? AND status = 'open' AND mode = 'wait' AND expires_at > ?
       RETURNING login_id`,
      end,
      id,
      now,
    );
    return row ? { id, loginId: text(row, 'login_id') } : null;
  },
};

/** How the call of an approval ended; null if it had none, or it brought an answer. */
export const callEndOf: Transaction<string, CallEnd | null> = {
  name: 'call-end-of',
  access: 'read',
  run: async ({ sql }, id) => {
    const row = await sql.get('SELECT call_end FROM approvals WHERE id = ?', id);
    const end = row?.['call_end'];
    return callEnds.find((one) => one === end) ?? null;
  },
};
