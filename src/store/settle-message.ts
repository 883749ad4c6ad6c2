import { auditMessage, messageColumns } from './audit-message.ts';
import { timeOf, type HostTime } from './host-time.ts';
import type { Transaction } from './store.ts';

/** What came of a message that was taken. */
export type Sending =
  | { readonly kind: 'sent'; readonly provider: string; readonly providerId: string | null }
  | { readonly kind: 'failed'; readonly why: string }
  /** To be tried again, `delay` milliseconds from now. */
  | { readonly kind: 'later'; readonly why: string; readonly delay: number };

export interface SettleInput {
  readonly id: string;
  readonly owner: string;
  /** As it was when it was taken. */
  readonly tries: number;
  readonly sending: Sending;
  readonly time: HostTime;
  /** Milliseconds since 1970 UTC. */
  readonly wall: number;
}

export type Settled = 'sent' | 'failed' | 'queued' | 'abandoned' | 'lost';

/**
 * Writes down what came of a message, in the audit too once it has ended; what it said is wiped unless it is tried again.
 * @returns the row's new state, or 'lost' if it is not the taker's any more
 */
export const settleMessage: Transaction<SettleInput, Settled> = {
  name: 'settle-message',
  access: 'write',
  run: async (context, { id, owner, tries, sending, time, wall }) => {
    const { sql } = context;
    const mine = "id = ? AND owner = ? AND tries = ? AND state = 'processing'";
    if (sending.kind === 'later') {
      const { now } = await timeOf(context, time);
      const changed = await sql.run(
        `UPDATE outbox SET state = 'queued', owner = NULL, lease_until = NULL, due = ?, why = ?
         WHERE ${mine} AND valid_until > ?`,
        now + sending.delay,
        sending.why,
        id,
        owner,
        tries,
        now + sending.delay,
      );
      if (changed === 1) return 'queued';
    }
    const state = sending.kind === 'later' ? 'abandoned' : sending.kind;
    const ended = await sql.get(
      `UPDATE outbox SET state = ?, sealed = NULL, owner = NULL, lease_until = NULL, finished_at = ?, why = ?,
         provider = ?, provider_id = ? WHERE ${mine} RETURNING ${messageColumns}`,
      state,
      wall,
      sending.kind === 'sent' ? null : sending.why,
      sending.kind === 'sent' ? sending.provider : null,
      sending.kind === 'sent' ? sending.providerId : null,
      id,
      owner,
      tries,
    );
    if (!ended) return 'lost';
    await auditMessage(context, ended, state, sending.kind === 'sent' ? sending.provider : null, wall);
    return state;
  },
};
