import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { findUser } from './identify.ts';
import { text } from './row.ts';
import type { Sql } from './sql.ts';

/** A user whom an administrator named. */
export interface NamedUser {
  readonly id: string;
  /** As it was given. */
  readonly name: string;
}

/**
 * The user that a name stands for, found as a login finds one where there are no realms: by the name without its domain whatever the domain is.
 * @throws OperatorError 'not-found' that says why there isn't one: unknown, several, or only somebody of a similar name
 */
export async function userNamed(sql: Sql, name: FoldedName): Promise<NamedUser> {
  const found = await findUser(sql, name, undefined);
  switch (found.kind) {
    case 'known':
      return { id: text(found.row, 'id'), name: text(found.row, 'name') };
    case 'unknown':
      throw new OperatorError('not-found', `there is no user "${name.folded}"`);
    case 'ambiguous': {
      const several = await ownersOf(sql, 'bare', name.bare);
      throw new OperatorError(
        'not-found',
        `"${name.folded}" could be any of ${several.map((user) => `"${user}"`).join(', ')}: give the whole name`,
      );
    }
    case 'lookalike': {
      const [alike = ''] = await ownersOf(sql, 'skeleton', name.skeleton);
      throw new OperatorError(
        'not-found',
        `there is no user "${name.folded}", only "${alike}", for whom a directory could take it`,
      );
    }
  }
}

/** The names of users who go by a name in one of its forms: the first five. @param except the id of a user who doesn't count */
export async function ownersOf(sql: Sql, form: 'bare' | 'skeleton', value: string, except = ''): Promise<string[]> {
  const rows = await sql.all(
    `SELECT DISTINCT users.name FROM user_names JOIN users ON users.id = user_names.user_id
     WHERE user_names.${form} = ? AND users.id <> ? ORDER BY users.name LIMIT 5`,
    value,
    except,
  );
  return rows.map((row) => text(row, 'name'));
}
