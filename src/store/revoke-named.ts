import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import type { TransactionContext } from './store.ts';

export interface Revocation {
  readonly user: FoldedName;
  /** null for all of them. */
  readonly name: string | null;
  readonly change: Change;
}

/** Something that users have, each by a name. */
export interface Revocable {
  readonly table: 'app_passwords' | 'devices';
  /** What a user has who has none. */
  readonly none: string;
  readonly one: string;
  /** The command that lists them. */
  readonly list: string;
}

export interface Revoked {
  /** The user's name. */
  readonly user: string;
  readonly revoked: number;
}

/** Takes one or all of them from a user, and tells the audit. @throws OperatorError 'not-found' if there is no such user, or none of this name */
export async function revokeNamed(
  context: TransactionContext,
  { table, none, one, list }: Revocable,
  { user: typed, name, change }: Revocation,
): Promise<Revoked> {
  const { sql } = context;
  const user = await userNamed(sql, typed);
  const revoked =
    name === null
      ? await sql.run(`DELETE FROM ${table} WHERE user_id = ?`, user.id)
      : await sql.run(`DELETE FROM ${table} WHERE user_id = ? AND name = ?`, user.id, name);
  if (revoked === 0)
    throw new OperatorError(
      'not-found',
      name === null ? `"${user.name}" has ${none}` : `"${user.name}" has no ${one} "${name}": see "${list}"`,
    );
  await auditChange(context, change, user, name ?? 'all');
  return { user: user.name, revoked };
}
