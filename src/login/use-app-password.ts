import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import { goesOn } from '../policy/goes-on.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import type { NameRealms } from '../policy/name-realms.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { appPasswordOwner } from '../store/app-passwords.ts';
import { findUser } from '../store/identify.ts';
import { clearLockout, codeFactor, holdLockout, readLockout, writeLockout } from '../store/lockouts.ts';
import { integer, text } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { outcomes, type Outcome } from './outcome.ts';

export interface UseAppPasswordInput {
  readonly name: FoldedName;
  /** As of IdentifyInput. */
  readonly realms: NameRealms | undefined;
  /** As it was typed; it has the form of one. */
  readonly password: Buffer;
  readonly lockout: LockoutRules;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly audit: AuditedRequest;
}

export interface UseAppPasswordOutput {
  readonly outcome: Outcome;
  /** What the user calls it; null unless it was right. */
  readonly name: string | null;
}

/** Guesses at application passwords are counted by themselves: they must lock nobody out of the codes, nor the other way round. */
const appPasswordFactor = 'app-password';

/** A login by an application password, as one transaction: compared, counted if it is wrong, told to the audit by its name. */
export const useAppPassword: Transaction<UseAppPasswordInput, UseAppPasswordOutput> = {
  name: 'use-app-password',
  access: 'write',
  run: async (context, input) => {
    const found = await findUser(context.sql, input.name, input.realms);
    const userId = found.kind === 'known' ? text(found.row, 'id') : null;
    const isDisabled = found.kind === 'known' && integer(found.row, 'disabled') !== 0;
    const output: UseAppPasswordOutput =
      userId === null ? refused('app-password-wrong') : await evaluate(context, input, userId, isDisabled);
    const { outcome, name } = output;
    const result = outcomes[outcome].verdict;
    const method = result === 'accept' ? 'app-password' : null;
    await writeAudit(context, rowOf(input.audit, { userId, method, result, token: name, reason: outcome }));
    return output;
  },
};

async function evaluate(
  context: TransactionContext,
  { password, lockout, now, audit }: UseAppPasswordInput,
  userId: string,
  isDisabled: boolean,
): Promise<UseAppPasswordOutput> {
  const { sql, seal } = context;
  const held = await holdLockout(context, userId, appPasswordFactor);
  const row = await sql.get(
    'SELECT id, name FROM app_passwords WHERE user_id = ? AND client = ? AND digest = ?',
    userId,
    audit.client,
    seal.digest(password, appPasswordOwner(userId, audit.client)),
  );
  if (!row) {
    // It stops the counting alone: nobody guesses 120 bits, and whoever sends wrong ones must keep no right one out.
    if (held.pausedUntil !== null && goesOn(held.pausedUntil, lockout.pause, now))
      return refused('app-password-paused');
    // A device goes on trying one that was revoked: the same again is no other guess.
    const guess = seal.digest(password, `wrong-app-password:${userId}`);
    if (held.lastAnswer?.equals(guess)) return refused('app-password-wrong');
    const failures = held.failures + 1;
    await writeLockout(sql, userId, appPasswordFactor, {
      failures,
      pausedUntil: failures >= lockout.failures ? now + lockout.pause : null,
      lastAnswer: guess,
      lastClient: audit.client,
      lastAt: now,
    });
    return refused('app-password-wrong');
  }
  // From here on the user has proven something, and is told in plain words.
  if (isDisabled) return refused('disabled');
  const lock = lockState(await readLockout(sql, userId, codeFactor), lockout, now);
  if (lock !== 'open') return refused(lock);
  await clearLockout(sql, userId, appPasswordFactor, held);
  await sql.run('UPDATE app_passwords SET last_used_at = ? WHERE id = ?', now, text(row, 'id'));
  await sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', now, userId);
  return { outcome: 'app-password-right', name: text(row, 'name') };
}

function refused(outcome: Outcome): UseAppPasswordOutput {
  return { outcome, name: null };
}
