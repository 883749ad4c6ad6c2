import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import { integer } from './row.ts';
import type { Transaction } from './store.ts';

/** The longest that a bypass waits to be used, in seconds: a day. */
export const longestBypass = 86_400;

export interface NewBypass {
  readonly id: string;
  readonly user: FoldedName;
  /** Why, for the audit. */
  readonly reason: string;
  /** Seconds; 1 to 86400. */
  readonly seconds: number;
  readonly change: Change;
}

/**
 * Lets a user in once without a second factor, within some seconds. It takes the place of one that waits already.
 * @returns the user's name @throws OperatorError 'not-found', or 'refused' if the user is disabled
 */
export const grantBypass: Transaction<NewBypass, string> = {
  name: 'grant-bypass',
  access: 'write',
  run: async (context, { id, user: name, reason, seconds, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, name);
    // Whoever grants one at the same time waits here, where the database lets writers run side by side.
    const row = await sql.get('UPDATE users SET name = name WHERE id = ? RETURNING disabled', user.id);
    if (!row || integer(row, 'disabled') !== 0)
      throw new OperatorError('refused', `"${user.name}" is disabled: "radgate user enable" comes first`);
    await sql.run('DELETE FROM bypasses WHERE user_id = ? AND used_at IS NULL', user.id);
    await sql.run(
      'INSERT INTO bypasses (id, user_id, reason, created_at, valid_until) VALUES (?, ?, ?, ?, ?)',
      id,
      user.id,
      reason,
      change.at,
      change.at + seconds * 1000,
    );
    await auditChange(context, change, user, `${seconds} s, ${reason}`);
    return user.name;
  },
};

/** Takes back what was not used. @returns the user's name, and whether there was any still good @throws OperatorError 'not-found' */
export const cancelBypass: Transaction<
  { readonly user: FoldedName; readonly change: Change },
  { readonly name: string; readonly cancelled: boolean }
> = {
  name: 'cancel-bypass',
  access: 'write',
  run: async (context, { user: name, change }) => {
    const { sql } = context;
    const user = await userNamed(sql, name);
    const cancelled =
      (await sql.run(
        'DELETE FROM bypasses WHERE user_id = ? AND used_at IS NULL AND valid_until > ?',
        user.id,
        change.at,
      )) > 0;
    if (cancelled) await auditChange(context, change, user, 'cancelled');
    return { name: user.name, cancelled };
  },
};
