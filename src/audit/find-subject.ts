import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from '../store/named-user.ts';
import { text } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';

/** Whose rows a report is about. */
export interface Subject {
  /** Null if there is no such user, or not any more: then it is whoever went by the name. */
  readonly userId: string | null;
  /** As the user was given it, or as it was asked for. */
  readonly name: string;
  /** Names without their domains: by them rows are found that came to no user, such as those of wrong passwords. */
  readonly bare: readonly string[];
}

/**
 * Finds a user as all commands do, by any alias; else the name alone, if the audit has rows of it.
 * @throws OperatorError 'not-found' if it has none either, or if several users go by the name
 */
export const findSubject: Transaction<FoldedName, Subject> = {
  name: 'find-subject',
  access: 'read',
  run: async ({ sql }, name) => {
    try {
      const user = await userNamed(sql, name);
      const rows = await sql.all('SELECT DISTINCT bare FROM user_names WHERE user_id = ? ORDER BY bare', user.id);
      return { userId: user.id, name: user.name, bare: rows.map((row) => text(row, 'bare')) };
    } catch (error) {
      if (!(error instanceof OperatorError) || !(await isKnown(sql, name))) throw error;
      return { userId: null, name: name.folded, bare: [name.bare] };
    }
  },
};

async function isKnown(sql: Sql, { bare }: FoldedName): Promise<boolean> {
  const several = await sql.get('SELECT 1 AS one FROM user_names WHERE bare = ? LIMIT 1', bare);
  if (several) return false;
  return (await sql.get('SELECT 1 AS one FROM audit WHERE name_bare = ? LIMIT 1', bare)) !== undefined;
}
