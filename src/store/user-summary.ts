import { foldUserName } from '../policy/user-name.ts';
import { keptKind, type KeptPassword } from './kept-password.ts';
import { codeFactor } from './lockouts.ts';
import { integer, integerOrNull, text, textOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';
import { tokensOf, type TokenSummary } from './tokens.ts';

/** A user without secrets. Times are milliseconds since 1970 UTC. */
export interface UserSummary {
  readonly id: string;
  /** As it was given. */
  readonly name: string;
  /** Further names, folded. */
  readonly aliases: readonly string[];
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly groups: readonly string[];
  readonly hasPassword: boolean;
  /** What is kept of it beside its hash, sealed. */
  readonly keptPassword: KeptPassword['kind'] | null;
  readonly phone: string | null;
  readonly email: string | null;
  /** Of messages and prompts; null for the default. */
  readonly language: string | null;
  /** How the user is asked for a code first: app, sms, voice, email; null for the usual way. */
  readonly preferredWay: string | null;
  readonly disabled: boolean;
  /** Wrong codes since the last right one. */
  readonly failures: number;
  /** Until when the user has to wait after wrong codes; it may be past. */
  readonly pausedUntil: number | null;
  readonly created: number;
  readonly lastLogin: number | null;
  /** Recovery codes that were not used yet. */
  readonly recoveryCodes: number;
  readonly appPasswords: number;
  /** What was granted last and not used; it may have ended. */
  readonly bypass: Bypass | null;
  readonly tokens: readonly TokenSummary[];
}

/** Lets a user in once without a second factor. */
export interface Bypass {
  readonly reason: string;
  readonly validUntil: number;
}

/** A user's row with the count of wrong codes and of recovery codes beside it. */
const columns = `users.*, COALESCE((SELECT max(failures) FROM lockouts WHERE user_id = users.id AND factor = '${codeFactor}'), 0) AS failures,
  (SELECT max(paused_until) FROM lockouts WHERE user_id = users.id AND factor = '${codeFactor}') AS paused_until,
  (SELECT count(*) FROM app_passwords WHERE user_id = users.id) AS app_passwords,
  (SELECT count(*) FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL) AS recovery_codes`;

/** Reads users with all that belongs to them: as many as fit into memory. @param where what stands behind FROM users */
export async function readUsers(
  sql: Sql,
  where: string,
  ...parameters: readonly (string | number)[]
): Promise<UserSummary[]> {
  const rows = await sql.all(`SELECT ${columns} FROM users ${where}`, ...parameters);
  const users: UserSummary[] = [];
  for (const row of rows) users.push(await summary(sql, row));
  return users;
}

async function summary(sql: Sql, row: Row): Promise<UserSummary> {
  const id = text(row, 'id');
  const name = text(row, 'name');
  const own = foldUserName(name)?.folded;
  const names = await sql.all('SELECT folded FROM user_names WHERE user_id = ? ORDER BY folded', id);
  const groups = await sql.all('SELECT name FROM user_groups WHERE user_id = ? ORDER BY name', id);
  return {
    id,
    name,
    aliases: names.map((each) => text(each, 'folded')).filter((folded) => folded !== own),
    firstName: textOrNull(row, 'first_name'),
    lastName: textOrNull(row, 'last_name'),
    groups: groups.map((each) => text(each, 'name')),
    hasPassword: textOrNull(row, 'password') !== null,
    keptPassword: keptKind(row),
    phone: textOrNull(row, 'phone'),
    email: textOrNull(row, 'email'),
    language: textOrNull(row, 'language'),
    preferredWay: textOrNull(row, 'preferred_way'),
    disabled: integer(row, 'disabled') !== 0,
    failures: integer(row, 'failures'),
    pausedUntil: integerOrNull(row, 'paused_until'),
    created: integer(row, 'created_at'),
    lastLogin: integerOrNull(row, 'last_login_at'),
    recoveryCodes: integer(row, 'recovery_codes'),
    appPasswords: integer(row, 'app_passwords'),
    bypass: await bypassOf(sql, id),
    tokens: await tokensOf(sql, id),
  };
}

async function bypassOf(sql: Sql, userId: string): Promise<Bypass | null> {
  const row = await sql.get(
    'SELECT reason, valid_until FROM bypasses WHERE user_id = ? AND used_at IS NULL ORDER BY valid_until DESC LIMIT 1',
    userId,
  );
  return row ? { reason: text(row, 'reason'), validUntil: integer(row, 'valid_until') } : null;
}
