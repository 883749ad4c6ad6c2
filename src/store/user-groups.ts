import { OperatorError } from '../errors.ts';
import { integer } from './row.ts';
import type { Sql } from './sql.ts';
import type { NamedUser } from './named-user.ts';

/** Groups that one user can be in. */
export const maxGroups = 100;

/** Puts a user into groups; one that the user is in already stays. @throws OperatorError 'refused' if they become too many */
export async function joinGroups(sql: Sql, { id, name }: NamedUser, groups: readonly string[]): Promise<void> {
  for (const group of groups)
    await sql.run('INSERT INTO user_groups (user_id, name) VALUES (?, ?) ON CONFLICT DO NOTHING', id, group);
  const row = await sql.get('SELECT count(*) AS groups FROM user_groups WHERE user_id = ?', id);
  if (row && integer(row, 'groups') > maxGroups)
    throw new OperatorError('refused', `"${name}" would be in more than ${maxGroups} groups, the most there can be`);
}

/** @throws OperatorError 'not-found' if the user isn't in one of them */
export async function leaveGroups(sql: Sql, { id, name }: NamedUser, groups: readonly string[]): Promise<void> {
  for (const group of groups)
    if ((await sql.run('DELETE FROM user_groups WHERE user_id = ? AND name = ?', id, group)) === 0)
      throw new OperatorError('not-found', `"${name}" is not in the group "${group}"`);
}
