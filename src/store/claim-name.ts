import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { ownersOf } from './named-user.ts';
import { text } from './row.ts';
import type { Sql } from './sql.ts';

/**
 * Gives a user one more name; one that is the user's already stays.
 * @param distinct whether somebody of a similar name is known to be another person
 * @throws OperatorError 'exists' if it is somebody else's, 'alike' if a directory could take it for somebody else's
 */
export async function claimName(sql: Sql, name: FoldedName, userId: string, distinct: boolean): Promise<void> {
  const { folded, bare, skeleton } = name;
  // Whoever claims one that is alike at the same time waits here, where the database lets writers run side by side.
  await sql.run("UPDATE facts SET value = value WHERE name = 'key_id'");
  const owner = await sql.get(
    `SELECT users.id, users.name FROM user_names JOIN users ON users.id = user_names.user_id WHERE user_names.folded = ?`,
    folded,
  );
  if (owner && text(owner, 'id') === userId) return;
  if (owner) throw new OperatorError('exists', `"${folded}" is a name of the user "${text(owner, 'name')}" already`);
  if (!distinct) await refuseAlike(sql, name, userId);
  await sql.run(
    'INSERT INTO user_names (folded, bare, skeleton, user_id) VALUES (?, ?, ?, ?)',
    folded,
    bare,
    skeleton,
    userId,
  );
}

async function refuseAlike(sql: Sql, { folded, bare, skeleton }: FoldedName, userId: string): Promise<void> {
  const [same] = await ownersOf(sql, 'bare', bare, userId);
  if (same !== undefined)
    throw new OperatorError('alike', `"${folded}" could be the user "${same}": without a domain it is the same name`);
  const [alike] = await ownersOf(sql, 'skeleton', skeleton, userId);
  if (alike !== undefined)
    throw new OperatorError(
      'alike',
      `"${folded}" could be the user "${alike}": a directory that ignores accents takes one for the other`,
    );
}
