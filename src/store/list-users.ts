import { codeFactor } from './lockouts.ts';
import { integer } from './row.ts';
import type { Transaction } from './store.ts';
import { readUsers, type UserSummary } from './user-summary.ts';

/** Which users, and how many of them. */
export interface UserFilter {
  /** Part of one of their names, folded; null for any. */
  readonly text: string | null;
  /** A group they are in, as it is written there; null for any. */
  readonly group: string | null;
  /** Only those with so many wrong codes or more. */
  readonly failures: number | null;
  readonly disabled: boolean;
  /** Only those who have no token that could let them in: none at all, or disabled ones. */
  readonly withoutToken: boolean;
  /** Users to give at most, and to leave out before them. */
  readonly limit: number;
  readonly offset: number;
}

/** The first hundred of all. */
export const everyone: UserFilter = {
  text: null,
  group: null,
  failures: null,
  disabled: false,
  withoutToken: false,
  limit: 100,
  offset: 0,
};

export interface UserPage {
  /** How many there are in all. */
  readonly total: number;
  readonly users: readonly UserSummary[];
}

/** One page of the users, by name. What it reads beside an index of names is bounded by the page. */
export const listUsers: Transaction<UserFilter, UserPage> = {
  name: 'list-users',
  access: 'read',
  run: async ({ sql }, filter) => {
    const { where, parameters } = conditions(filter);
    const count = await sql.get(`SELECT count(*) AS total FROM users ${where}`, ...parameters);
    const users = await readUsers(
      sql,
      `${where} ORDER BY users.name, users.id LIMIT ? OFFSET ?`,
      ...parameters,
      filter.limit,
      filter.offset,
    );
    return { total: count ? integer(count, 'total') : 0, users };
  },
};

function conditions(filter: UserFilter): { where: string; parameters: (string | number)[] } {
  const found: string[] = [];
  const parameters: (string | number)[] = [];
  if (filter.text !== null) {
    found.push("users.id IN (SELECT user_id FROM user_names WHERE folded LIKE ? ESCAPE '!')");
    parameters.push(`%${filter.text.replaceAll(/[!%_]/g, '!$&')}%`);
  }
  if (filter.group !== null) {
    found.push('EXISTS (SELECT 1 FROM user_groups WHERE user_id = users.id AND name = ?)');
    parameters.push(filter.group);
  }
  if (filter.failures !== null) {
    found.push('users.id IN (SELECT user_id FROM lockouts WHERE factor = ? AND failures >= ?)');
    parameters.push(codeFactor, filter.failures);
  }
  if (filter.disabled) found.push('users.disabled <> 0');
  if (filter.withoutToken)
    found.push(
      "NOT EXISTS (SELECT 1 FROM tokens WHERE tokens.user_id = users.id AND tokens.state IN ('active', 'pending'))",
    );
  return { where: found.length === 0 ? '' : `WHERE ${found.join(' AND ')}`, parameters };
}

/** How many users and tokens there are. */
export const countUsers: Transaction<null, { readonly users: number; readonly tokens: number }> = {
  name: 'count-users',
  access: 'read',
  run: async ({ sql }) => {
    const row = await sql.get('SELECT (SELECT count(*) FROM users) AS users, (SELECT count(*) FROM tokens) AS tokens');
    if (!row) throw new Error('a count without a row');
    return { users: integer(row, 'users'), tokens: integer(row, 'tokens') };
  },
};
