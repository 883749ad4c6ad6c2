import { forgetUnanswered } from '../approval/approval-state.ts';
import { personColumns } from '../audit/personal.ts';
import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import type { Answer, Factor, Windows } from '../factor/factor.ts';
import { hotp } from '../factor/hotp.ts';
import { recovery } from '../factor/recovery.ts';
import { approvalFactor, sentFactors } from '../factor/sent-code.ts';
import { totp } from '../factor/totp.ts';
import type { Method } from '../policy/decide.ts';
import { admit, lockState, pausedUntil, type LockoutRules } from '../policy/lockout.ts';
import { factorsOf } from '../store/identify.ts';
import { clearLockout, codeFactor, holdUser, lockoutColumns, lockoutOf, writeLockout } from '../store/lockouts.ts';
import { integer, integerOrNull } from '../store/row.ts';
import type { Row } from '../store/sql.ts';
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
  /** Whether nobody has proven a password: then all that is not right is told alike. */
  readonly alone?: true;
  readonly audit: AuditedRequest;
}

export interface AttemptOutput {
  readonly outcome: Outcome;
  readonly method: Method | null;
}

/** With what only the audit is told. */
interface Evaluated extends AttemptOutput {
  /** Which token showed the right code, if one did. */
  readonly token: string | null;
  /** Whose answer it is; undefined if he is not there any more. */
  readonly user: Row | undefined;
}

/** What is known of the user whose answer it is, for the answer and for the audit. */
const personAndCount = `SELECT users.disabled, ${personColumns}, ${lockoutColumns}, approval_states.unanswered FROM users
   LEFT JOIN lockouts ON lockouts.user_id = users.id AND lockouts.factor = ?
   LEFT JOIN approval_states ON approval_states.user_id = users.id WHERE users.id = ?`;

const factors: Readonly<Record<Method, Factor>> = { totp, hotp, recovery, approval: approvalFactor, ...sentFactors };

/**
 * One answer to a challenge, as one transaction: counted before it is compared, marked as used, told to the audit. The transaction holds the user
 * alone, so no number of parallel guesses has more than the limit compared.
 */
export const attempt: Transaction<AttemptInput, AttemptOutput> = {
  name: 'attempt',
  access: 'write',
  run: async (context, input) => {
    const { outcome: found, method, token, user } = await evaluate(context, input);
    const outcome = input.alone ? outcomeAlone(found) : found;
    if (found === 'accepted')
      await context.sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', input.now, input.userId);
    const came = { userId: input.userId, method, token, result: outcomes[outcome].verdict, reason: outcome };
    await writeAudit(context, rowOf(input.audit, came), user);
    return { outcome, method };
  },
};

/** Without a password nobody is told more than that it failed. */
function outcomeAlone(outcome: Outcome): Outcome {
  if (outcome === 'accepted') return 'code-only-right';
  return outcome === 'locked' || outcome === 'paused' ? 'code-only-locked' : 'code-only-wrong';
}

/** Counts an answer, compares it and marks it as used; part of a transaction that also tells the audit. */
export async function evaluate(context: TransactionContext, input: AttemptInput): Promise<Evaluated> {
  const { sql, seal } = context;
  const { userId, answer, now, lockout, windows } = input;
  await holdUser(context, userId);
  const user = await sql.get(personAndCount, codeFactor, userId);
  const refused = (outcome: Outcome): Evaluated => ({ outcome, method: null, token: null, user });
  // Removed or disabled since the question was asked.
  if (!user) return refused('not-enrolled');
  if (integer(user, 'disabled') !== 0) return refused('disabled');

  const held = lockoutOf(user);
  // The digest tells what the answer came to, so that its repetition is told the same.
  const digestOf = (kind: 'used' | 'wrong'): Buffer => seal.digest(answer, `${kind}:${userId}`);
  const last = held.lastClient === input.audit.client ? held.lastAnswer : null;
  const before = (['used', 'wrong'] as const).find((kind) => last?.equals(digestOf(kind)));
  const admission = admit(held, before !== undefined, lockout, now);
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
    await clearLockout(sql, userId, codeFactor, held);
    if ((integerOrNull(user, 'unanswered') ?? 0) > 0) await forgetUnanswered(sql, userId);
    return { outcome: 'accepted', method: result.method, token: result.token, user };
  }
  // Reset or disabled since the question was asked: there is nothing that an answer could be compared with, and no use in asking again.
  if (!input.methods.some((method) => method === 'approval' || method in sentFactors)) {
    const { methods, enrolled } = await factorsOf(sql, userId, now);
    if (methods.length === 0) return refused(enrolled ? 'method-missing' : 'not-enrolled');
  }
  const { failures } = admission;
  const until = pausedUntil(failures, lockout, now);
  await writeLockout(sql, userId, codeFactor, {
    failures,
    pausedUntil: until,
    lastAnswer: digestOf(result.kind),
    lastClient: input.audit.client,
    lastAt: now,
  });
  const state = lockState({ failures, pausedUntil: until }, lockout, now);
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
