import { forgetMessages } from './forget-messages.ts';
import type { Transaction } from './store.ts';

export interface PurgeInput {
  /** Milliseconds since 1970 UTC. */
  readonly wall: number;
  /** How long messages that have ended are shown, in milliseconds. */
  readonly keep: number;
  /** Rows of each table at most. */
  readonly limit: number;
}

/** Removes what has ended: old messages, codes past their time, counts past their window. @returns how many rows it was */
export const purgeOutbox: Transaction<PurgeInput, number> = {
  name: 'purge-outbox',
  access: 'write',
  run: async ({ sql }, { wall, keep, limit }) => {
    const old = "SELECT id FROM outbox WHERE state NOT IN ('queued', 'processing') AND created_at <= ? LIMIT ?";
    const messages = await forgetMessages(sql, `id IN (${old})`, wall - keep, limit);
    const past = 'SELECT challenge_id FROM sent_codes WHERE expires_at <= ? LIMIT ?';
    const codes = await sql.run(`DELETE FROM sent_codes WHERE challenge_id IN (${past})`, wall, limit);
    const key = 'scope, subject, size, part';
    const over = `SELECT ${key} FROM send_counts WHERE ends_at <= ? LIMIT ?`;
    const counts = await sql.run(`DELETE FROM send_counts WHERE (${key}) IN (${over})`, wall, limit);
    return messages + codes + counts;
  },
};
