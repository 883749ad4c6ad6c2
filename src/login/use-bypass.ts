import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import type { Transaction } from '../store/store.ts';
import type { Outcome } from './outcome.ts';

export interface UseBypassInput {
  readonly id: string;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Whose it is. */
  readonly userId: string;
  readonly audit: AuditedRequest;
}

const outcome: Outcome = 'bypass-used';

/**
 * Spends a bypass that an administrator granted: for one login only, whoever else comes at the same moment, and for nobody who was disabled since.
 * @returns whether it was this one
 */
export const useBypass: Transaction<UseBypassInput, boolean> = {
  name: 'use-bypass',
  access: 'write',
  run: async (context, { id, userId, now, audit }) => {
    const { sql } = context;
    const used = await sql.run(
      `UPDATE bypasses SET used_at = ? WHERE id = ? AND used_at IS NULL AND valid_until > ?
         AND EXISTS (SELECT 1 FROM users WHERE users.id = bypasses.user_id AND users.disabled = 0)`,
      now,
      id,
      now,
    );
    if (used === 0) return false;
    await writeAudit(context, rowOf(audit, { userId, method: 'bypass', result: 'accept', reason: outcome }));
    return true;
  },
};
