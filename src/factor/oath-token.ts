import { isOwnToken } from '../store/own-token.ts';
import { integer, integerOrNull, octets, text } from '../store/row.ts';
import type { Row, Sql } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { tokenOwner } from '../store/token-owner.ts';
import { algorithms, type OathKey } from './oath.ts';

/** An OATH token as its row tells, its key opened. */
export interface OathToken extends OathKey {
  readonly id: string;
  /** Its serial number, else its name. */
  readonly label: string;
  /** TOTP: X of RFC 6238 §4.1, in seconds. */
  readonly period: number;
  /** TOTP: the highest step accepted; -1 for none. */
  readonly lastStep: number;
  /** TOTP: steps by which the token's clock runs ahead of ours. */
  readonly drift: number;
  /** HOTP: the lowest counter that is still good. */
  readonly counter: number;
  /** Keyed digest of the PIN that goes before the code. */
  readonly pin: Buffer | null;
  /** The step or counter that takes the token in again, and until when, in milliseconds since 1970 UTC. */
  readonly resync: { readonly next: number; readonly until: number } | null;
}

const columns =
  'id, COALESCE(serial, name) AS label, secret, algorithm, digits, period, pin, last_step, drift, counter, resync_next, resync_until';

/** A user's tokens of one type that may be used now. @param now milliseconds since 1970 UTC */
export async function usableTokens(
  { sql, seal }: TransactionContext,
  userId: string,
  type: 'totp' | 'hotp',
  now: number,
): Promise<OathToken[]> {
  const rows = await sql.all(
    `SELECT ${columns} FROM tokens WHERE user_id = ? AND type = ? AND state IN ('active', 'pending') AND ${isOwnToken}
       AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?) ORDER BY id`,
    userId,
    type,
    now,
    now,
  );
  return rows.map((row) => openToken(row, seal));
}

/** One token, whatever its state; undefined if there is none with this id. */
export async function tokenById({ sql, seal }: TransactionContext, id: string): Promise<OathToken | undefined> {
  const row = await sql.get(`SELECT ${columns} FROM tokens WHERE id = ?`, id);
  return row && openToken(row, seal);
}

/** @throws Error if the row can't be what radgate wrote */
function openToken(row: Row, seal: TransactionContext['seal']): OathToken {
  const id = text(row, 'id');
  const algorithm = algorithms.find((known) => known === row['algorithm']);
  if (!algorithm) throw new Error(`token ${id} has an unknown algorithm`);
  const next = integerOrNull(row, 'resync_next');
  const until = integerOrNull(row, 'resync_until');
  return {
    id,
    label: text(row, 'label'),
    key: seal.open(octets(row, 'secret'), tokenOwner(id)),
    algorithm,
    digits: integer(row, 'digits'),
    period: integer(row, 'period'),
    lastStep: integer(row, 'last_step'),
    drift: integer(row, 'drift'),
    counter: integer(row, 'counter'),
    pin: row['pin'] === null ? null : octets(row, 'pin'),
    resync: next === null || until === null ? null : { next, until },
  };
}

/** Remembers what would take a token in again. */
export async function awaitResync(sql: Sql, id: string, next: number, until: number): Promise<void> {
  await sql.run('UPDATE tokens SET resync_next = ?, resync_until = ? WHERE id = ?', next, until, id);
}
