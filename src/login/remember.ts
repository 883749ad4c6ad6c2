import { isBlocked } from '../approval/approval-state.ts';
import { rowOf, writeAudit, type AuditedRequest } from '../audit/audit.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import { codeFactor, holdUser, readLockout } from '../store/lockouts.ts';
import { factorsDigest, forgetRemembered } from '../store/remembered.ts';
import { integer, octets } from '../store/row.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import type { Outcome } from './outcome.ts';

/** Devices that are remembered of one user, all clients together; the oldest goes. */
export const maxRemembered = 20;

/** A login that lies further ahead than clocks of nodes differ, in milliseconds, was remembered before the clock was set back: it is forgotten. */
const mostAhead = 60_000;

/** Whose login, where. */
export interface Remembered {
  readonly userId: string;
  readonly client: string;
  /** As the client tells it. */
  readonly device: string;
  /** How long, in milliseconds. */
  readonly lifetime: number;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** Remembers that a user has just proven a second factor on a device. */
export const rememberLogin: Transaction<Remembered, null> = {
  name: 'remember-login',
  access: 'write',
  run: async (context, { userId, client, device, lifetime, now }) => {
    const { sql } = context;
    // Of two logins at once one waits; and nothing is remembered of who was removed or disabled meanwhile.
    await holdUser(context, userId);
    const factors = await factorsDigest(context, userId);
    if (!factors) return null;
    await sql.run(
      `INSERT INTO remembered (user_id, client, device, factors, at, expires_at) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (user_id, client, device) DO UPDATE SET factors = excluded.factors, at = excluded.at, expires_at = excluded.expires_at`,
      userId,
      client,
      deviceDigest(context, userId, device),
      factors,
      now,
      now + lifetime,
    );
    await sql.run(
      `DELETE FROM remembered WHERE user_id = ? AND (expires_at <= ? OR at > ? OR (client, device) NOT IN
         (SELECT client, device FROM remembered WHERE user_id = ? ORDER BY at DESC LIMIT ${maxRemembered}))`,
      userId,
      now,
      now + mostAhead,
      userId,
    );
    return null;
  },
};

export interface RecallInput extends Remembered {
  readonly lockout: LockoutRules;
  /** How long nothing of a user who has reported a login is let in unasked, in milliseconds. */
  readonly block: number;
  readonly audit: AuditedRequest;
}

const outcome: Outcome = 'remembered';

/** Whether a user has proven a second factor on this device lately, and nothing of it has changed. Then it is told to the audit: it lets in. */
export const recallLogin: Transaction<RecallInput, boolean> = {
  name: 'recall-login',
  access: 'write',
  run: async (context, input) => {
    const { userId, client, device, now, audit } = input;
    const { sql } = context;
    const digest = deviceDigest(context, userId, device);
    const row = await sql.get(
      'SELECT factors, at, expires_at FROM remembered WHERE user_id = ? AND client = ? AND device = ?',
      userId,
      client,
      digest,
    );
    if (!row) return false;
    const at = integer(row, 'at');
    // What the config says now counts, where it is less than it said then. A clock that was set back does not make it last.
    const isFresh = at <= now + mostAhead && now < integer(row, 'expires_at') && now - at < input.lifetime;
    const factors = await factorsDigest(context, userId);
    if (!isFresh || !factors?.equals(octets(row, 'factors'))) {
      await sql.run('DELETE FROM remembered WHERE user_id = ? AND client = ? AND device = ?', userId, client, digest);
      return false;
    }
    if ((await isLocked(context, input)) || (await isBlocked(sql, userId, input.block, now))) return false;
    await sql.run('UPDATE users SET last_login_at = ? WHERE id = ?', now, userId);
    const came = { userId, method: 'remembered', result: 'accept', reason: outcome } as const;
    await writeAudit(context, rowOf(audit, came));
    return true;
  },
};

/** After a change of the password that radgate has seen. @param userId of a user */
export const forgetLogins: Transaction<string, null> = {
  name: 'forget-logins',
  access: 'write',
  run: async ({ sql }, userId) => {
    await forgetRemembered(sql, userId);
    return null;
  },
};

async function isLocked({ sql }: TransactionContext, { userId, lockout, now }: RecallInput): Promise<boolean> {
  return lockState(await readLockout(sql, userId, codeFactor), lockout, now) !== 'open';
}

function deviceDigest({ seal }: TransactionContext, userId: string, device: string): Buffer {
  return seal.digest(Buffer.from(device), `remembered:${userId}`);
}
