import { auditChange, type Change } from '../audit/change.ts';
import { OperatorError } from '../errors.ts';
import type { Algorithm } from '../factor/oath.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { userNamed } from './named-user.ts';
import { newTokenName } from './new-token-name.ts';
import { integer, integerOrNull, text, textOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { Transaction } from './store.ts';
import { pinOwner, tokenOwner } from './token-owner.ts';

/** A token without its key. Times are milliseconds since 1970 UTC. */
export interface TokenSummary {
  readonly id: string;
  /** The user's name as it was given; null as long as it is nobody's. */
  readonly user: string | null;
  readonly name: string;
  /** As printed on the device; unique among all tokens. */
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly type: string;
  /** `pending` until its first right code; `active`, `disabled`. */
  readonly state: string;
  readonly algorithm: string;
  readonly digits: number;
  /** TOTP: seconds. */
  readonly period: number;
  /** Whether a PIN goes before its codes. */
  readonly hasPin: boolean;
  /** Codes count from then on, and until then. */
  readonly validFrom: number | null;
  readonly validUntil: number | null;
  /** TOTP: the highest time step whose code was accepted; -1 if there is none. */
  readonly lastStep: number;
  /** TOTP: steps by which its clock was last seen ahead of ours. */
  readonly drift: number;
  /** HOTP: the lowest counter that is still good. */
  readonly counter: number;
  readonly created: number;
  readonly lastUsed: number | null;
}

/** What is particular to a device and need not be known; without it, a TOTP token that is valid at all times and has no PIN. */
export interface TokenDetails {
  readonly type?: 'totp' | 'hotp';
  /** HOTP: that of its next code. */
  readonly counter?: number;
  readonly serial?: string | null;
  readonly manufacturer?: string | null;
  readonly model?: string | null;
  /** Milliseconds since 1970 UTC. */
  readonly validFrom?: number | null;
  readonly validUntil?: number | null;
  /** Goes before the codes; kept as a keyed digest. */
  readonly pin?: string | null;
}

export interface NewToken extends TokenDetails {
  readonly id: string;
  readonly user: FoldedName;
  /** Unique among the user's; null takes the first that is free of "totp", "totp-2" and so on. */
  readonly name: string | null;
  /** 10 to 64 octets; sealed before it is kept. */
  readonly key: Buffer;
  readonly algorithm: Algorithm;
  /** 6 to 8. */
  readonly digits: number;
  /** TOTP: seconds. */
  readonly period: number;
  readonly state: 'active' | 'pending';
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** For the audit; left out by the demo, which nobody administers. */
  readonly change?: Change;
}

/**
 * Gives a user a token. The same key twice is refused: each of its codes would be accepted twice.
 * @throws OperatorError 'not-found', 'exists', or 'refused' if the user has the most tokens there can be
 */
export const addToken: Transaction<NewToken, { readonly user: string; readonly name: string }> = {
  name: 'add-token',
  access: 'write',
  run: async (context, input) => {
    const { sql, seal } = context;
    const { id, key, type = 'totp', counter = 0, serial = null, manufacturer = null, model = null } = input;
    const { validFrom = null, validUntil = null, pin = null, change } = input;
    const user = await userNamed(sql, input.user);
    if (serial !== null && (await sql.get('SELECT 1 FROM tokens WHERE serial = ?', serial)))
      throw new OperatorError('exists', `there is a token with the serial number "${serial}" already`);
    const name = await newTokenName(context, user, { name: input.name, fallback: type, key });
    await sql.run(
      `INSERT INTO tokens (id, user_id, type, name, serial, manufacturer, model, secret, algorithm, digits, period, pin,
         state, valid_from, valid_until, counter, created_at)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
      id,
      user.id,
      type,
      name,
      serial,
      manufacturer,
      model,
      seal.close(key, tokenOwner(id)),
      input.algorithm,
      input.digits,
      input.period,
      pin === null ? null : seal.digest(Buffer.from(pin), pinOwner(id)),
      input.state,
      validFrom,
      validUntil,
      counter,
      input.now,
    );
    if (change) await auditChange(context, change, user, name);
    return { user: user.name, name };
  },
};

export interface TokenQuery {
  /** Whose; null for everyone's. */
  readonly user: FoldedName | null;
  /** Only those that are nobody's yet. */
  readonly unassigned: boolean;
  readonly limit: number;
  readonly offset: number;
}

export interface TokenPage {
  /** By user, name and serial; those that are nobody's come last. */
  readonly tokens: readonly TokenSummary[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** A page of tokens. @throws OperatorError 'not-found' */
export const listTokens: Transaction<TokenQuery, TokenPage> = {
  name: 'list-tokens',
  access: 'read',
  run: async ({ sql }, { user, unassigned, limit, offset }) => {
    const owner = user && (await userNamed(sql, user)).id;
    const where = owner === null ? (unassigned ? 'WHERE tokens.user_id IS NULL' : '') : 'WHERE tokens.user_id = ?';
    const whose = owner === null ? [] : [owner];
    const count = await sql.get(`SELECT COUNT(*) AS total FROM tokens ${where}`, ...whose);
    const rows = await sql.all(
      `${summaryQuery} ${where} ORDER BY users.name IS NULL, users.name, tokens.name, tokens.serial LIMIT ? OFFSET ?`,
      ...whose,
      limit,
      offset,
    );
    return { tokens: rows.map(tokenSummary), total: count ? integer(count, 'total') : 0 };
  },
};

/** A token by its id; null if there is none. */
export const showToken: Transaction<string, TokenSummary | null> = {
  name: 'show-token',
  access: 'read',
  run: async ({ sql }, id) => {
    const row = await sql.get(`${summaryQuery} WHERE tokens.id = ?`, id);
    return row ? tokenSummary(row) : null;
  },
};

export interface TokenRemoval {
  readonly id: string;
  readonly change: Change;
}

/** Takes a token away. @returns false if there is none with this id any more */
export const removeToken: Transaction<TokenRemoval, boolean> = {
  name: 'remove-token',
  access: 'write',
  run: async (context, { id, change }) => {
    const { sql } = context;
    const token = await sql.get(
      `SELECT tokens.name, tokens.serial, users.id AS user_id, users.name AS user_name
       FROM tokens LEFT JOIN users ON users.id = tokens.user_id WHERE tokens.id = ?`,
      id,
    );
    if (!token || (await sql.run('DELETE FROM tokens WHERE id = ?', id)) === 0) return false;
    const userId = textOrNull(token, 'user_id');
    const user = userId === null ? null : { id: userId, name: text(token, 'user_name') };
    await auditChange(context, change, user, textOrNull(token, 'serial') ?? text(token, 'name'));
    return true;
  },
};

/** The tokens of one user, by name. */
export async function tokensOf(sql: Sql, userId: string): Promise<TokenSummary[]> {
  const rows = await sql.all(`${summaryQuery} WHERE tokens.user_id = ? ORDER BY tokens.name`, userId);
  return rows.map(tokenSummary);
}

/** Gives the rows that tokenSummary reads. */
export const summaryQuery = `SELECT tokens.id, users.name AS user_name, tokens.name, tokens.serial, tokens.manufacturer,
  tokens.model, tokens.type, tokens.state, tokens.algorithm, tokens.digits, tokens.period, CASE WHEN tokens.pin IS NULL THEN 0 ELSE 1 END AS has_pin,
  tokens.valid_from, tokens.valid_until, tokens.last_step, tokens.drift, tokens.counter, tokens.created_at,
  tokens.last_used_at
  FROM tokens LEFT JOIN users ON users.id = tokens.user_id`;

export function tokenSummary(row: Row): TokenSummary {
  return {
    id: text(row, 'id'),
    user: textOrNull(row, 'user_name'),
    name: text(row, 'name'),
    serial: textOrNull(row, 'serial'),
    manufacturer: textOrNull(row, 'manufacturer'),
    model: textOrNull(row, 'model'),
    type: text(row, 'type'),
    state: text(row, 'state'),
    algorithm: text(row, 'algorithm'),
    digits: integer(row, 'digits'),
    period: integer(row, 'period'),
    hasPin: integer(row, 'has_pin') !== 0,
    validFrom: integerOrNull(row, 'valid_from'),
    validUntil: integerOrNull(row, 'valid_until'),
    lastStep: integer(row, 'last_step'),
    drift: integer(row, 'drift'),
    counter: integer(row, 'counter'),
    created: integer(row, 'created_at'),
    lastUsed: integerOrNull(row, 'last_used_at'),
  };
}
