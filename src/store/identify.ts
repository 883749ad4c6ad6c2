import { ways } from '../policy/choice.ts';
import { methods, type Identity, type Method } from '../policy/decide.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { codeFactor, lockoutColumns, lockoutOf } from './lockouts.ts';
import { integer, integerOrNull, text, textOrNull } from './row.ts';
import type { Row, Sql, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';

export interface IdentifyInput {
  /** The primary's own names for one person. */
  readonly proven: readonly FoldedName[];
  /** The name in the request, which counts where none of those is known. */
  readonly asked: FoldedName | undefined;
  readonly lockout: LockoutRules;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Whether groups matter. */
  readonly wantsGroups?: boolean;
  /** Whether the user's other names matter. */
  readonly wantsNames?: boolean;
}

/** Finds out who a person is, and what must be known of him to decide on a second factor. */
export const identify: Transaction<IdentifyInput, Identity> = {
  name: 'identify',
  access: 'read',
  brief: true,
  run: async ({ sql }, { proven, asked, lockout, now, wantsGroups, wantsNames }) => {
    const found = await findPerson(sql, proven, asked, now);
    if (found.kind !== 'known') return found;
    const { row } = found;
    const id = text(row, 'id');
    return {
      kind: 'known',
      userId: id,
      disabled: integer(row, 'disabled') !== 0,
      lock: lockState(lockoutOf(row), lockout, now),
      bypassId: textOrNull(row, 'bypass_id'),
      methods: methodsIn(row),
      hasDevice: integer(row, 'has_device') !== 0,
      groups: wantsGroups ? await groupsOf(sql, id) : [],
      names: wantsNames ? await namesOf(sql, id) : [],
      phone: textOrNull(row, 'phone'),
      email: textOrNull(row, 'email'),
      language: textOrNull(row, 'language'),
      preferredWay: ways.find((way) => way === textOrNull(row, 'preferred_way')) ?? null,
    };
  },
};

/** One person goes by all these names: two users of radgate that they lead to are one too many. */
async function findPerson(
  sql: Sql,
  proven: readonly FoldedName[],
  asked: FoldedName | undefined,
  now: number,
): Promise<FoundUser> {
  const everything = allForLogin(now);
  const all: FoundUser[] = [];
  for (const name of proven) all.push(await findUser(sql, name, everything));
  const known = all.filter((found) => found.kind === 'known');
  if (new Set(known.map(({ row }) => text(row, 'id'))).size > 1) return { kind: 'ambiguous' };
  const told = known[0] ?? all.find(({ kind }) => kind === 'ambiguous') ?? all.find(({ kind }) => kind === 'lookalike');
  if (told) return told;
  return asked ? findUser(sql, asked, everything) : { kind: 'unknown' };
}

async function groupsOf(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all('SELECT name FROM user_groups WHERE user_id = ?', userId);
  return rows.map((row) => text(row, 'name'));
}

async function namesOf(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all('SELECT folded FROM user_names WHERE user_id = ?', userId);
  return rows.map((row) => text(row, 'folded'));
}

/** What a user can prove himself with now. */
export async function methodsOf(sql: Sql, userId: string, now: number): Promise<Method[]> {
  const row = await sql.get(`SELECT ${methodColumns} FROM users WHERE id = ?`, now, now, userId);
  return row ? methodsIn(row) : [];
}

/** Of the table users, with the time now twice as parameters. Each type of token is a bit. */
const methodColumns = `(SELECT MAX(CASE type WHEN 'totp' THEN 1 ELSE 0 END) + MAX(CASE type WHEN 'hotp' THEN 2 ELSE 0 END)
     FROM tokens WHERE user_id = users.id AND state IN ('active', 'pending')
       AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?)) AS token_types,
   EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL) AS has_recovery`;

function methodsIn(row: Row): Method[] {
  const types = integerOrNull(row, 'token_types') ?? 0;
  const has: Readonly<Partial<Record<Method, boolean>>> = {
    totp: (types & 1) !== 0,
    hotp: (types & 2) !== 0,
    recovery: integer(row, 'has_recovery') !== 0,
  };
  return methods.filter((method) => has[method]);
}

export type FoundUser =
  { readonly kind: 'known'; readonly row: Row } | { readonly kind: 'unknown' | 'ambiguous' | 'lookalike' };

/** What is asked of a user who is found. */
interface Wanted {
  readonly columns: string;
  /** Other tables that they come from. */
  readonly joins: string;
  /** Of the columns, then of the tables. */
  readonly parameters: readonly SqlValue[];
}

const himself: Wanted = {
  columns:
    'users.id, users.name, users.password, users.disabled, users.phone, users.email, users.language, users.preferred_way',
  joins: '',
  parameters: [],
};

const loginColumns = `${himself.columns}, ${lockoutColumns},
   (SELECT id FROM bypasses WHERE user_id = users.id AND valid_until > ? AND used_at IS NULL LIMIT 1) AS bypass_id,
   EXISTS (SELECT 1 FROM devices WHERE user_id = users.id) AS has_device,
   ${methodColumns}`;
const loginJoins = 'LEFT JOIN lockouts ON lockouts.user_id = users.id AND lockouts.factor = ?';

/** All that a login must know of a user, in one statement: each costs more than what it reads. */
function allForLogin(now: number): Wanted {
  return { columns: loginColumns, joins: loginJoins, parameters: [now, now, now, codeFactor] };
}

/** Who a name stands for: exactly, then without its domain if that is one user alone. What is merely alike is told as such. */
export async function findUser(
  sql: Sql,
  { folded, bare, skeleton }: FoldedName,
  { columns, joins, parameters }: Wanted = himself,
): Promise<FoundUser> {
  const from = `FROM user_names JOIN users ON users.id = user_names.user_id ${joins}`;
  const exact = await sql.get(`SELECT ${columns} ${from} WHERE user_names.folded = ?`, ...parameters, folded);
  if (exact) return { kind: 'known', row: exact };
  const others = await sql.all(
    `SELECT DISTINCT ${columns} ${from} WHERE user_names.bare = ? LIMIT 2`,
    ...parameters,
    bare,
  );
  if (others.length > 1) return { kind: 'ambiguous' };
  if (others[0]) return { kind: 'known', row: others[0] };
  const alike = await sql.get('SELECT user_id FROM user_names WHERE skeleton = ? LIMIT 1', skeleton);
  return { kind: alike ? 'lookalike' : 'unknown' };
}
