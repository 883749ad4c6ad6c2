import { writeAudit, type AuditRow } from '../audit/audit.ts';
import type { CheckResult, Factor } from '../factor/factor.ts';
import { totp } from '../factor/totp.ts';
import type { Method } from '../policy/decide.ts';
import { integer } from '../store/row.ts';
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
  readonly totpWindow: number;
  /** Failures, over all logins, at which the user is locked. */
  readonly lockoutFailures: number;
  readonly audit: Omit<AuditRow, 'method' | 'result' | 'reason'>;
}

export interface AttemptOutput {
  readonly outcome: Outcome;
  readonly method: Method | null;
}

const factors: Readonly<Record<Method, Factor>> = { totp };

/**
 * One answer to a challenge, as one transaction: counted before it is compared, marked as used, told to the audit. Since the count is
 * moved by a compare-and-set that stops at the limit, no number of parallel guesses has more than that many compared.
 */
export const attempt: Transaction<AttemptInput, AttemptOutput> = {
  name: 'attempt',
  access: 'write',
  run: async (context, input) => {
    const output = await evaluate(context, input);
    if (output.outcome === 'accepted')
      await context.sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', input.now, input.userId);
    const { verdict } = outcomes[output.outcome];
    await writeAudit(context.sql, { ...input.audit, method: output.method, result: verdict, reason: output.outcome });
    return output;
  },
};

/** Counts an answer, compares it and marks it as used; part of a transaction that also tells the audit. */
export async function evaluate(
  context: TransactionContext,
  input: Omit<AttemptInput, 'audit'>,
): Promise<AttemptOutput> {
  const { sql } = context;
  const counted = await sql.run(
    'UPDATE users SET failures = failures + 1 WHERE id = ? AND disabled = 0 AND failures < ?',
    input.userId,
    input.lockoutFailures,
  );
  if (counted === 0) return { outcome: await whyNotCounted(context, input.userId), method: null };
  const answer = { userId: input.userId, octets: input.answer, now: input.now, totpWindow: input.totpWindow };
  let result: CheckResult = { kind: 'wrong' };
  for (const method of input.methods) {
    const checked = await factors[method].check(context, answer);
    if (checked.kind === 'right') {
      await sql.run('UPDATE users SET failures = 0 WHERE id = ?', input.userId);
      return { outcome: 'accepted', method };
    }
    if (checked.kind === 'used') result = checked;
  }
  return { outcome: await afterFailure(context, input, result.kind === 'used'), method: null };
}

async function whyNotCounted({ sql }: TransactionContext, userId: string): Promise<Outcome> {
  const user = await sql.get('SELECT disabled FROM users WHERE id = ?', userId);
  // Removed since the question was asked.
  if (!user) return 'not-enrolled';
  return integer(user, 'disabled') !== 0 ? 'disabled' : 'locked';
}

async function afterFailure(
  { sql }: TransactionContext,
  input: Omit<AttemptInput, 'audit'>,
  used: boolean,
): Promise<Outcome> {
  const user = await sql.get('SELECT failures FROM users WHERE id = ?', input.userId);
  if (user && integer(user, 'failures') >= input.lockoutFailures) return 'locked';
  if (input.attemptsLeft > 0) return used ? 'code-used' : 'code-wrong';
  return used ? 'code-used-last' : 'code-wrong-last';
}
