import { forgetUnanswered } from '../approval/approval-state.ts';
import { writeAudit, type AuditRow } from '../audit/audit.ts';
import type { Answer, Factor, Windows } from '../factor/factor.ts';
import { hotp } from '../factor/hotp.ts';
import { recovery } from '../factor/recovery.ts';
import { approvalFactor, sentFactors } from '../factor/sent-code.ts';
import { totp } from '../factor/totp.ts';
import type { Method } from '../policy/decide.ts';
import { admit, lockState, pausedUntil, type LockoutRules } from '../policy/lockout.ts';
import { clearLockout, codeFactor, holdLockout, lockRecord } from '../store/lockouts.ts';
import { methodsOf } from '../store/identify.ts';
import { integer, octetsOrNull } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { outcomes, type Outcome } from './outcome.ts';

export interface AttemptInput {
  readonly userId: string;
  readonly methods: readonly Method[];
  /** The answer as typed. */
  readonly answer: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Answers that this login may still give after this one. */
  readonly attemptsLeft: number;
  readonly windows: Windows;
  readonly lockout: LockoutRules;
  /** What a code was sent for that may be the answer; without it, this login. */
  readonly sentFor?: string;
  readonly audit: Omit<AuditRow, 'method' | 'result' | 'reason'>;
}

export interface AttemptOutput {
  readonly outcome: Outcome;
  readonly method: Method | null;
}

/** With what only the audit is told. */
interface Evaluated extends AttemptOutput {
  /** Which token showed the right code, if one did. */
  readonly token: string | null;
}

const factors: Readonly<Record<Method, Factor>> = { totp, hotp, recovery, approval: approvalFactor, ...sentFactors };

/**
 * One answer to a challenge, as one transaction: counted before it is compared, marked as used, told to the audit. The count is a row that
 * the transaction holds alone, so no number of parallel guesses has more than the limit compared.
 */
export const attempt: Transaction<AttemptInput, AttemptOutput> = {
  name: 'attempt',
  access: 'write',
  run: async (context, input) => {
    const { outcome, method, token } = await evaluate(context, input);
    if (outcome === 'accepted')
      await context.sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', input.now, input.userId);
    await writeAudit(context, { ...input.audit, method, token, result: outcomes[outcome].verdict, reason: outcome });
    return { outcome, method };
  },
};

/** Counts an answer, compares it and marks it as used; part of a transaction that also tells the audit. */
export async function evaluate(context: TransactionContext, input: AttemptInput): Promise<Evaluated> {
  const { sql, seal } = context;
  const { userId, answer, now, lockout, windows } = input;
  const user = await sql.get('SELECT disabled FROM users WHERE id = ?', userId);
  // Removed or disabled since the question was asked.
  if (!user) return refused('not-enrolled');
  if (integer(user, 'disabled') !== 0) return refused('disabled');
  // Reset since then: there is nothing that an answer could be compared with, and no use in asking again.
  const canBeSent = input.methods.some((method) => method === 'approval' || method in sentFactors);
  if (!canBeSent && (await methodsOf(sql, userId, now)).length === 0) return refused('not-enrolled');

  const held = await holdLockout(sql, userId, codeFactor);
  // The digest tells what the answer came to, so that its repetition is told the same.
  const digestOf = (kind: 'used' | 'wrong'): Buffer => seal.digest(answer, `${kind}:${userId}`);
  const last = held['last_client'] === input.audit.client ? octetsOrNull(held, 'last_answer') : null;
  const before = (['used', 'wrong'] as const).find((kind) => last?.equals(digestOf(kind)));
  const admission = admit(lockRecord(held), before !== undefined, lockout, now);
  if (admission.kind === 'locked' || admission.kind === 'paused') return refused(admission.kind);
  if (admission.kind === 'repeat') return refused(again(input, before ?? 'wrong'));

  const result = await checkFactors(context, input.methods, {
    userId,
    octets: answer,
    now,
    windows,
    loginId: input.sentFor ?? input.audit.loginId,
  });
  if (result.kind === 'right') {
    await clearLockout(sql, userId, codeFactor);
    await forgetUnanswered(sql, userId);
    return { outcome: 'accepted', method: result.method, token: result.token };
  }
  const { failures } = admission;
  const until = pausedUntil(failures, lockout, now);
  await sql.run(
    `UPDATE lockouts SET failures = ?, paused_until = ?, last_answer = ?, last_client = ?, last_at = ?
     WHERE user_id = ? AND factor = ?`,
    failures,
    until,
    digestOf(result.kind),
    input.audit.client,
    now,
    userId,
    codeFactor,
  );
  const state = lockState({ failures, pausedUntil: until, lastAt: now }, lockout, now);
  return refused(state === 'open' ? again(input, result.kind) : state);
}

type Checked =
  | { readonly kind: 'right'; readonly method: Method; readonly token: string | null }
  | { readonly kind: 'used' | 'wrong' };

async function checkFactors(context: TransactionContext, methods: readonly Method[], answer: Answer): Promise<Checked> {
  let used = false;
  for (const method of methods) {
    const result = await factors[method].check(context, answer);
    if (result.kind === 'right') return { kind: 'right', method, token: result.token ?? null };
    used ||= result.kind === 'used';
  }
  return { kind: used ? 'used' : 'wrong' };
}

function again({ attemptsLeft }: AttemptInput, kind: 'used' | 'wrong'): Outcome {
  if (attemptsLeft > 0) return kind === 'used' ? 'code-used' : 'code-wrong';
  return kind === 'used' ? 'code-used-last' : 'code-wrong-last';
}

function refused(outcome: Outcome): Evaluated {
  return { outcome, method: null, token: null };
}
