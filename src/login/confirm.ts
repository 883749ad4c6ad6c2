import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import { auditChange, type Change } from '../audit/change.ts';
import type { Windows } from '../factor/factor.ts';
import type { LockoutRules } from '../policy/lockout.ts';
import { text } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import { evaluate } from './attempt.ts';
import { outcomes, type Outcome } from './outcome.ts';

export interface ConfirmInput {
  readonly userId: string;
  /** The code as typed. */
  readonly answer: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly windows: Windows;
  readonly lockout: LockoutRules;
  /** What a refused answer is told to the audit as. */
  readonly audit: AuditedRequest;
  /** What a right one is told as. */
  readonly change: Change;
}

export interface ConfirmOutput {
  readonly outcome: Outcome;
  /** The names of the tokens that this code made active; none if it was that of an active one. */
  readonly confirmed: readonly string[];
}

/**
 * A first code for a pending token, outside a login: counted, compared and marked as an answer to a challenge is; if it is refused, told to the
 * audit as one. A right one is an administrator's change, and no login: it counts as none, and nobody's last login changes.
 */
export const confirm: Transaction<ConfirmInput, ConfirmOutput> = {
  name: 'confirm',
  access: 'write',
  run: async (context, input) => {
    const before = await pendingTokens(context.sql, input.userId);
    const { outcome, method, token } = await evaluate(context, {
      ...input,
      methods: ['totp', 'hotp'],
      attemptsLeft: 0,
    });
    const after = new Set(await pendingTokens(context.sql, input.userId));
    const confirmed = before.filter((name) => !after.has(name));
    if (outcome === 'accepted') {
      const shown = token ?? 'a token';
      const detail = confirmed.length > 0 ? shown : `${shown} was active already`;
      await auditChange(context, input.change, { id: input.userId, name: input.audit.userName }, detail);
    } else {
      const came = { userId: input.userId, method, token, result: outcomes[outcome].verdict, reason: outcome };
      await writeAudit(context, rowOf(input.audit, came));
    }
    return { outcome, confirmed };
  },
};

async function pendingTokens(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all("SELECT name FROM tokens WHERE user_id = ? AND state = 'pending'", userId);
  return rows.map((row) => text(row, 'name'));
}
