import { OperatorError } from '../errors.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import { claimName } from './claim-name.ts';
import { userNamed } from './named-user.ts';
import { integer, integerOrNull, text, textOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { Transaction } from './store.ts';
import { tokensOf, type TokenSummary } from './tokens.ts';

/** Names that one user can go by. */
const maxNames = 20;

/** A user without secrets. Times are milliseconds since 1970 UTC. */
export interface UserSummary {
  readonly id: string;
  /** As it was given. */
  readonly name: string;
  /** Further names, folded. */
  readonly aliases: readonly string[];
  readonly hasPassword: boolean;
  readonly phone: string | null;
  readonly email: string | null;
  readonly disabled: boolean;
  /** Wrong codes since the last right one. */
  readonly failures: number;
  readonly created: number;
  readonly lastLogin: number | null;
  readonly tokens: readonly TokenSummary[];
}

export interface NewUser {
  readonly id: string;
  /** As it is shown. */
  readonly name: string;
  /** Its folded form first, then those of the aliases. */
  readonly names: readonly FoldedName[];
  /** As hashPassword makes it; null if the password is not radgate's to check. */
  readonly password: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  /** Whether somebody of a similar name is known to be another person. */
  readonly distinct: boolean;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/** @throws OperatorError 'exists' if a name is somebody's already, 'alike' if it is so similar that a directory could mistake it */
export const addUser: Transaction<NewUser, null> = {
  name: 'add-user',
  access: 'write',
  run: async ({ sql }, { id, name, names, password, phone, email, distinct, now }) => {
    await sql.run(
      'INSERT INTO users (id, name, password, phone, email, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      name,
      password,
      phone,
      email,
      now,
    );
    for (const each of names) await claimName(sql, each, id, distinct);
    await checkCount(sql, id, name);
    return null;
  },
};

/** Users one of whose names contains this text, folded; with null, all. By name. */
export const listUsers: Transaction<string | null, readonly UserSummary[]> = {
  name: 'list-users',
  access: 'read',
  run: async ({ sql }, filter) => {
    const rows = await sql.all(
      `SELECT * FROM users ${filter === null ? '' : "WHERE id IN (SELECT user_id FROM user_names WHERE folded LIKE ? ESCAPE '!')"}
       ORDER BY name`,
      ...(filter === null ? [] : [`%${filter.replaceAll(/[!%_]/g, '!$&')}%`]),
    );
    const namesOf = grouped(await sql.all('SELECT user_id, folded FROM user_names ORDER BY folded'), (row) =>
      text(row, 'user_id'),
    );
    const tokensBy = grouped(await tokensOf(sql), ({ user }) => user);
    return rows.map((row) => summary(row, namesOf(text(row, 'id')), tokensBy(text(row, 'name'))));
  },
};

/** @throws OperatorError 'not-found' */
export const showUser: Transaction<FoldedName, UserSummary> = {
  name: 'show-user',
  access: 'read',
  run: async ({ sql }, name) => {
    const { id } = await userNamed(sql, name);
    const row = await sql.get('SELECT * FROM users WHERE id = ?', id);
    if (!row) throw new Error('a user has a name and no row');
    const names = await sql.all('SELECT folded FROM user_names WHERE user_id = ? ORDER BY folded', id);
    return summary(row, names, await tokensOf(sql, id));
  },
};

/** What is to be changed of a user; undefined leaves it. */
export interface UserChange {
  readonly user: FoldedName;
  readonly password: string | undefined;
  readonly phone: string | null | undefined;
  readonly email: string | null | undefined;
  readonly disabled: boolean | undefined;
  readonly addAliases: readonly FoldedName[];
  readonly removeAliases: readonly FoldedName[];
  /** As for NewUser. */
  readonly distinct: boolean;
}

/** @returns the user's name @throws OperatorError 'not-found', and as addUser */
export const setUser: Transaction<UserChange, string> = {
  name: 'set-user',
  access: 'write',
  run: async ({ sql }, change) => {
    const { id, name } = await userNamed(sql, change.user);
    const { password, phone, email, disabled } = change;
    const columns = { password, phone, email, disabled: disabled === undefined ? undefined : Number(disabled) };
    for (const [column, value] of Object.entries(columns))
      if (value !== undefined) await sql.run(`UPDATE users SET ${column} = ? WHERE id = ?`, value, id);
    for (const alias of change.removeAliases) await removeAlias(sql, alias, id, name);
    for (const alias of change.addAliases) await claimName(sql, alias, id, change.distinct);
    await checkCount(sql, id, name);
    return name;
  },
};

/** Forgets a user's wrong codes. @returns how many there were @throws OperatorError 'not-found' */
export const unlockUser: Transaction<FoldedName, { readonly name: string; readonly failures: number }> = {
  name: 'unlock-user',
  access: 'write',
  run: async ({ sql }, folded) => {
    const { id, name } = await userNamed(sql, folded);
    const row = await sql.get('SELECT failures FROM users WHERE id = ?', id);
    await sql.run('UPDATE users SET failures = 0 WHERE id = ?', id);
    return { name, failures: row ? integer(row, 'failures') : 0 };
  },
};

/** Removes a user with all names and tokens; the audit keeps its rows. @returns false if there is none with this id any more */
export const removeUser: Transaction<string, boolean> = {
  name: 'remove-user',
  access: 'write',
  run: async ({ sql }, id) => (await sql.run('DELETE FROM users WHERE id = ?', id)) > 0,
};

async function removeAlias(sql: Sql, { folded }: FoldedName, id: string, name: string): Promise<void> {
  if (folded === foldUserName(name)?.folded)
    throw new OperatorError('refused', `"${name}" is the user's own name, not an alias`);
  const removed = await sql.run('DELETE FROM user_names WHERE folded = ? AND user_id = ?', folded, id);
  if (removed === 0) throw new OperatorError('not-found', `"${folded}" is no alias of "${name}"`);
}

async function checkCount(sql: Sql, id: string, name: string): Promise<void> {
  const row = await sql.get('SELECT COUNT(*) AS names FROM user_names WHERE user_id = ?', id);
  if (row && integer(row, 'names') > maxNames)
    throw new OperatorError('refused', `"${name}" would go by more than ${maxNames} names, the most there can be`);
}

/** What has a key, by key. */
function grouped<T>(items: readonly T[], keyOf: (item: T) => string): (key: string) => readonly T[] {
  const groups = new Map<string, T[]>();
  for (const item of items) {
    const key = keyOf(item);
    const group = groups.get(key);
    if (group) group.push(item);
    else groups.set(key, [item]);
  }
  return (key) => groups.get(key) ?? [];
}

function summary(row: Row, names: readonly Row[], tokens: readonly TokenSummary[]): UserSummary {
  const name = text(row, 'name');
  const own = foldUserName(name)?.folded;
  return {
    id: text(row, 'id'),
    name,
    aliases: names.map((each) => text(each, 'folded')).filter((folded) => folded !== own),
    hasPassword: textOrNull(row, 'password') !== null,
    phone: textOrNull(row, 'phone'),
    email: textOrNull(row, 'email'),
    disabled: integer(row, 'disabled') !== 0,
    failures: integer(row, 'failures'),
    created: integer(row, 'created_at'),
    lastLogin: integerOrNull(row, 'last_login_at'),
    tokens,
  };
}
