import { OperatorError } from '../errors.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import { integer, integerOrNull, octets, text } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { Transaction, TransactionContext } from './store.ts';

/** Tokens of one user at most: each right guess at any of them counts, and each is compared at every answer. */
export const maxTokens = 20;

/** What a token's key is sealed for: a sealed key moved to another row does not open. */
export function tokenOwner(id: string): string {
  return `token:${id}`;
}

/** A token without its key. Times are milliseconds since 1970 UTC. */
export interface TokenSummary {
  readonly id: string;
  /** The user's name as it was given. */
  readonly user: string;
  readonly name: string;
  readonly type: string;
  /** `pending` until its first right code. */
  readonly state: string;
  readonly algorithm: string;
  readonly digits: number;
  /** Seconds. */
  readonly period: number;
  /** The highest time step whose code was accepted; -1 if there is none. */
  readonly lastStep: number;
  readonly created: number;
  readonly lastUsed: number | null;
}

export interface NewToken {
  readonly id: string;
  readonly user: FoldedName;
  /** Unique among the user's; null takes the first that is free of "totp", "totp-2" and so on. */
  readonly name: string | null;
  /** 10 to 64 octets; sealed before it is kept. */
  readonly key: Buffer;
  readonly algorithm: 'sha1' | 'sha256' | 'sha512';
  readonly digits: 6 | 8;
  /** Seconds. */
  readonly period: 30 | 60;
  readonly state: 'active' | 'pending';
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
}

/**
 * Gives a user a TOTP token. The same key twice is refused: each of its codes would be accepted twice.
 * @throws OperatorError 'not-found', 'exists', or 'refused' if the user has the most tokens there can be
 */
export const addToken: Transaction<NewToken, { readonly user: string; readonly name: string }> = {
  name: 'add-token',
  access: 'write',
  run: async (context, input) => {
    const { sql, seal } = context;
    const user = await userNamed(sql, input.user);
    // Whoever adds another one at the same time waits here, where the database lets writers run side by side.
    await sql.run('UPDATE users SET failures = failures WHERE id = ?', user.id);
    const tokens = await sql.all('SELECT id, name, secret FROM tokens WHERE user_id = ?', user.id);
    if (tokens.length >= maxTokens)
      throw new OperatorError('refused', `"${user.name}" has ${maxTokens} tokens already, the most there can be`);
    const twin = tokens.find((token) => keyOf(context, token).equals(input.key));
    if (twin)
      throw new OperatorError('exists', `"${user.name}" has this key already, in the token "${text(twin, 'name')}"`);
    const taken = new Set(tokens.map((token) => text(token, 'name')));
    if (input.name !== null && taken.has(input.name))
      throw new OperatorError('exists', `"${user.name}" has a token "${input.name}" already`);
    const name = input.name ?? firstFree(taken);
    await sql.run(
      `INSERT INTO tokens (id, user_id, type, name, secret, algorithm, digits, period, state, created_at)
       VALUES (?, ?, 'totp', ?, ?, ?, ?, ?, ?, ?)`,
      input.id,
      user.id,
      name,
      seal.close(input.key, tokenOwner(input.id)),
      input.algorithm,
      input.digits,
      input.period,
      input.state,
      input.now,
    );
    return { user: user.name, name };
  },
};

/** The tokens of one user, or (null) of everyone, by user and name. @throws OperatorError 'not-found' */
export const listTokens: Transaction<FoldedName | null, readonly TokenSummary[]> = {
  name: 'list-tokens',
  access: 'read',
  run: async ({ sql }, name) => {
    if (name === null) return tokensOf(sql);
    const user = await userNamed(sql, name);
    return tokensOf(sql, user.id);
  },
};

/** Takes a token away. @returns false if there is none with this id any more */
export const removeToken: Transaction<string, boolean> = {
  name: 'remove-token',
  access: 'write',
  run: async ({ sql }, id) => (await sql.run('DELETE FROM tokens WHERE id = ?', id)) > 0,
};

/** The tokens of one user, or of everyone, by user and name. */
export async function tokensOf(sql: Sql, userId?: string): Promise<TokenSummary[]> {
  const rows = await sql.all(
    `SELECT tokens.id, users.name AS user_name, tokens.name, tokens.type, tokens.state, tokens.algorithm, tokens.digits,
       tokens.period, tokens.last_step, tokens.created_at, tokens.last_used_at
     FROM tokens JOIN users ON users.id = tokens.user_id ${userId === undefined ? '' : 'WHERE users.id = ?'}
     ORDER BY users.name, tokens.name`,
    ...(userId === undefined ? [] : [userId]),
  );
  return rows.map((row) => ({
    id: text(row, 'id'),
    user: text(row, 'user_name'),
    name: text(row, 'name'),
    type: text(row, 'type'),
    state: text(row, 'state'),
    algorithm: text(row, 'algorithm'),
    digits: integer(row, 'digits'),
    period: integer(row, 'period'),
    lastStep: integer(row, 'last_step'),
    created: integer(row, 'created_at'),
    lastUsed: integerOrNull(row, 'last_used_at'),
  }));
}

function keyOf({ seal }: TransactionContext, token: Row): Buffer {
  return seal.open(octets(token, 'secret'), tokenOwner(text(token, 'id')));
}

function firstFree(taken: ReadonlySet<string>): string {
  for (let number = 1; ; number++) {
    const name = number === 1 ? 'totp' : `totp-${number}`;
    if (!taken.has(name)) return name;
  }
}
