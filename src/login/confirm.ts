import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
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
  readonly audit: AuditedRequest;
}

export interface ConfirmOutput {
  readonly outcome: Outcome;
  /** The names of the tokens that this code made active; none if it was that of an active one. */
  readonly confirmed: readonly string[];
}

/**
 * A first code for a pending token, outside a login: counted, compared, marked and told to the audit as an answer to a challenge is. It is no
 * login: nobody's last login changes.
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
    const reason = outcome === 'accepted' ? 'token-confirmed' : outcome;
    const came = { userId: input.userId, method, token, result: outcomes[outcome].verdict, reason };
    await writeAudit(context, rowOf(input.audit, came));
    return { outcome, confirmed: before.filter((name) => !after.has(name)) };
  },
};

async function pendingTokens(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all("SELECT name FROM tokens WHERE user_id = ? AND state = 'pending'", userId);
  return rows.map((row) => text(row, 'name'));
}
