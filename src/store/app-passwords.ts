import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import { revokeNamed, type Revocable, type Revocation, type Revoked } from './revoke-named.ts';
import { integer, integerOrNull, text } from './row.ts';
import type { Sql } from './sql.ts';
import type { Transaction } from './store.ts';

/** Application passwords that one user can have. */
const maxAppPasswords = 20;

/** What an application password is digested for: it is good for this user at this client. */
export function appPasswordOwner(userId: string, client: string): string {
  return `app-password:${userId}:${client}`;
}

export interface NewAppPassword {
  readonly id: string;
  readonly user: FoldedName;
  /** Of the device or program that it is for. */
  readonly name: string;
  readonly client: string;
  /** As it is typed. It has 120 random bits, so a keyed digest keeps it as well as a slow hash would: there is nothing to try (NIST SP 800-63B-4 §3.1.2.2). */
  readonly password: string;
  readonly change: Change;
}

/** @returns the user's name @throws OperatorError 'not-found', 'exists' if the user has one of this name, 'refused' if there are too many or the user is disabled */
export const addAppPassword: Transaction<NewAppPassword, string> = {
  name: 'add-app-password',
  access: 'write',
  run: async (context, { id, user: typed, name, client, password, change }) => {
    const { sql, seal } = context;
    const user = await userNamed(sql, typed);
    // Whoever adds one at the same time waits here, where the database lets writers run side by side.
    const row = await sql.get('UPDATE users SET name = name WHERE id = ? RETURNING disabled', user.id);
    if (!row || integer(row, 'disabled') !== 0)
      throw new OperatorError('refused', `"${user.name}" is disabled: "radgate user enable" comes first`);
    const own = await appPasswordsOf(sql, user.id);
    if (own.some((each) => each.name === name))
      throw new OperatorError('exists', `"${user.name}" has an application password "${name}" already`);
    if (own.length >= maxAppPasswords)
      throw new OperatorError(
        'refused',
        `"${user.name}" has ${maxAppPasswords} application passwords, the most there can be`,
      );
    await sql.run(
      'INSERT INTO app_passwords (id, user_id, name, client, digest, created_at) VALUES (?, ?, ?, ?, ?, ?)',
      id,
      user.id,
      name,
      client,
      seal.digest(Buffer.from(password), appPasswordOwner(user.id, client)),
      change.at,
    );
    await auditChange(context, change, user, `${name}, for ${client}`);
    return user.name;
  },
};

/** An application password without itself. Times are milliseconds since 1970 UTC. */
export interface AppPassword {
  readonly name: string;
  readonly client: string;
  readonly created: number;
  readonly lastUsed: number | null;
}

/** By name. @throws OperatorError 'not-found' */
export const listAppPasswords: Transaction<
  FoldedName,
  { readonly user: string; readonly passwords: readonly AppPassword[] }
> = {
  name: 'list-app-passwords',
  access: 'read',
  run: async ({ sql }, name) => {
    const user = await userNamed(sql, name);
    return { user: user.name, passwords: await appPasswordsOf(sql, user.id) };
  },
};

async function appPasswordsOf(sql: Sql, userId: string): Promise<AppPassword[]> {
  const rows = await sql.all(
    'SELECT name, client, created_at, last_used_at FROM app_passwords WHERE user_id = ? ORDER BY name',
    userId,
  );
  return rows.map((row) => ({
    name: text(row, 'name'),
    client: text(row, 'client'),
    created: integer(row, 'created_at'),
    lastUsed: integerOrNull(row, 'last_used_at'),
  }));
}

const appPasswords: Revocable = {
  table: 'app_passwords',
  none: 'no application passwords',
  one: 'application password',
  list: 'radgate user app-password list',
};

/** @throws what revokeNamed throws */
export const revokeAppPasswords: Transaction<Revocation, Revoked> = {
  name: 'revoke-app-passwords',
  access: 'write',
  run: (context, revocation) => revokeNamed(context, appPasswords, revocation),
};
