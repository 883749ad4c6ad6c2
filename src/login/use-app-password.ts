import { writeAudit, type AuditRow } from '../audit/audit.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { appPasswordOwner } from '../store/app-passwords.ts';
import { findUser } from '../store/identify.ts';
import { clearLockout, codeFactor, holdLockout, lockRecord } from '../store/lockouts.ts';
import { integer, integerOrNull, octetsOrNull, text } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { outcomes, type Outcome } from './outcome.ts';

export interface UseAppPasswordInput {
  readonly name: FoldedName;
  /** As it was typed; it has the form of one. */
  readonly password: Buffer;
  readonly lockout: LockoutRules;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly audit: Omit<AuditRow, 'userId' | 'method' | 'result' | 'reason'>;
}

export interface UseAppPasswordOutput {
  readonly outcome: Outcome;
  /** What the user calls it; null unless it was right. */
  readonly name: string | null;
}

/** Guesses at application passwords are counted by themselves: they must lock nobody out of the codes, nor the other way round. */
export const appPasswordFactor = 'app-password';

/** A login by an application password, as one transaction: counted, compared, told to the audit by its name. */
export const useAppPassword: Transaction<UseAppPasswordInput, UseAppPasswordOutput> = {
  name: 'use-app-password',
  access: 'write',
  run: async (context, input) => {
    const found = await findUser(context.sql, input.name);
    const userId = found.kind === 'known' ? text(found.row, 'id') : null;
    const isDisabled = found.kind === 'known' && integer(found.row, 'disabled') !== 0;
    const output: UseAppPasswordOutput =
      userId === null ? refused('app-password-wrong') : await evaluate(context, input, userId, isDisabled);
    const { outcome, name } = output;
    await writeAudit(context, {
      ...input.audit,
      userId,
      method: outcomes[outcome].verdict === 'accept' ? 'app-password' : null,
      result: outcomes[outcome].verdict,
      token: name,
      reason: outcome,
    });
    return output;
  },
};

async function evaluate(
  { sql, seal }: TransactionContext,
  { password, lockout, now, audit }: UseAppPasswordInput,
  userId: string,
  isDisabled: boolean,
): Promise<UseAppPasswordOutput> {
  const held = await holdLockout(sql, userId, appPasswordFactor);
  const until = integerOrNull(held, 'paused_until');
  // A clock that was set back makes no pause longer.
  if (until !== null && until > now && until - now <= lockout.pause) return refused('app-password-paused');
  const row = await sql.get(
    'SELECT id, name FROM app_passwords WHERE user_id = ? AND client = ? AND digest = ?',
    userId,
    audit.client,
    seal.digest(password, appPasswordOwner(userId, audit.client)),
  );
  if (!row) {
    // A device goes on trying one that was revoked: the same again is no other guess.
    const guess = seal.digest(password, `wrong-app-password:${userId}`);
    if (octetsOrNull(held, 'last_answer')?.equals(guess)) return refused('app-password-wrong');
    const failures = integer(held, 'failures') + 1;
    await sql.run(
      `UPDATE lockouts SET failures = ?, paused_until = ?, last_answer = ?, last_client = ?, last_at = ?
       WHERE user_id = ? AND factor = ?`,
      failures,
      failures >= lockout.failures ? now + lockout.pause : null,
      guess,
      audit.client,
      now,
      userId,
      appPasswordFactor,
    );
    return refused('app-password-wrong');
  }
  // From here on the user has proven something, and is told in plain words.
  if (isDisabled) return refused('disabled');
  const codes = await sql.get(
    'SELECT failures, paused_until, last_at FROM lockouts WHERE user_id = ? AND factor = ?',
    userId,
    codeFactor,
  );
  const lock = codes ? lockState(lockRecord(codes), lockout, now) : 'open';
  if (lock !== 'open') return refused(lock);
  await clearLockout(sql, userId, appPasswordFactor);
  await sql.run('UPDATE app_passwords SET last_used_at = ? WHERE id = ?', now, text(row, 'id'));
  await sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', now, userId);
  return { outcome: 'app-password-right', name: text(row, 'name') };
}

function refused(outcome: Outcome): UseAppPasswordOutput {
  return { outcome, name: null };
}
