import { ways } from '../policy/choice.ts';
import { methods, type Identity, type Method } from '../policy/decide.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import { checkerOf, suffixOf, type NameRealms } from '../policy/name-realms.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { codeFactor, lockoutColumns, lockoutOf } from './lockouts.ts';
import { isOwnToken } from './own-token.ts';
import { integer, integerOrNull, text, textOrNull } from './row.ts';
import type { Row, Sql, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';

export interface IdentifyInput {
  /** The primary's own names for one person. */
  readonly proven: readonly FoldedName[];
  /** The name in the request, which counts where none of those is known. */
  readonly asked: FoldedName | undefined;
  /** By which names are told apart; undefined where there are none. */
  readonly realms: NameRealms | undefined;
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
  run: async ({ sql }, input) => {
    const { lockout, now, wantsGroups, wantsNames } = input;
    const found = await findPerson(sql, input);
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
      enrolled: integer(row, 'enrolled') !== 0,
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
async function findPerson(sql: Sql, { proven, asked, realms, now }: IdentifyInput): Promise<FoundUser> {
  const find = (name: FoldedName): Promise<FoundUser> =>
    findBy(allForLogin, [now, now, now, codeFactor], sql, name, realms);
  const all: FoundUser[] = [];
  for (const name of proven) all.push(await find(name));
  const known = all.filter((found) => found.kind === 'known');
  if (new Set(known.map(({ row }) => text(row, 'id'))).size > 1) return { kind: 'ambiguous' };
  const told = known[0] ?? all.find(({ kind }) => kind === 'ambiguous') ?? all.find(({ kind }) => kind === 'lookalike');
  if (told) return told;
  return asked ? find(asked) : { kind: 'unknown' };
}

async function groupsOf(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all('SELECT name FROM user_groups WHERE user_id = ?', userId);
  return rows.map((row) => text(row, 'name'));
}

async function namesOf(sql: Sql, userId: string): Promise<string[]> {
  const rows = await sql.all('SELECT folded FROM user_names WHERE user_id = ?', userId);
  return rows.map((row) => text(row, 'folded'));
}

/** What a user can prove himself with now, as of Identity. */
export async function factorsOf(
  sql: Sql,
  userId: string,
  now: number,
): Promise<{ readonly methods: readonly Method[]; readonly enrolled: boolean }> {
  const row = await sql.get(`SELECT ${factorColumns} FROM users WHERE id = ?`, now, now, userId);
  return row ? { methods: methodsIn(row), enrolled: integer(row, 'enrolled') !== 0 } : { methods: [], enrolled: false };
}

const isOwn = `user_id = users.id AND ${isOwnToken}`;

/**
 * Of the table users, with the time now twice as parameters. Each type of token is a bit. Enrolled is who has a phone that approves, a token in any state
 * or recovery codes, used up or not: until somebody takes them away.
 */
const factorColumns = `(SELECT MAX(CASE type WHEN 'totp' THEN 1 ELSE 0 END) + MAX(CASE type WHEN 'hotp' THEN 2 ELSE 0 END)
     FROM tokens WHERE ${isOwn} AND state IN ('active', 'pending')
       AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?)) AS token_types,
   EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = users.id AND used_at IS NULL) AS has_recovery,
   (EXISTS (SELECT 1 FROM tokens WHERE ${isOwn}) OR EXISTS (SELECT 1 FROM devices WHERE user_id = users.id)
     OR EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = users.id)) AS enrolled`;

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

/** What is asked of a user who is found, by the name itself, by its bare form, and by that with the names that have it. */
interface Wanted {
  readonly exactly: string;
  readonly bare: string;
  readonly bareWithNames: string;
}

/** Made once: statements are kept by their text, and to make that of two thousand letters for each login takes a sixth of the look-up. */
function wanted(columns: string, joins: string): Wanted {
  const from = `FROM user_names JOIN users ON users.id = user_names.user_id ${joins}`;
  return {
    exactly: `SELECT ${columns} ${from} WHERE user_names.folded = ?`,
    bare: `SELECT DISTINCT ${columns} ${from} WHERE user_names.bare = ? LIMIT 2`,
    bareWithNames: `SELECT DISTINCT ${columns}, user_names.folded ${from} WHERE user_names.bare = ?`,
  };
}

const ownColumns =
  'users.id, users.name, users.password, users.disabled, users.phone, users.email, users.language, users.preferred_way';
const himself = wanted(ownColumns, '');

/** All that a login must know of a user, in one statement: each costs more than what it reads. */
const allForLogin = wanted(
  `${ownColumns}, ${lockoutColumns},
   (SELECT id FROM bypasses WHERE user_id = users.id AND valid_until > ? AND used_at IS NULL LIMIT 1) AS bypass_id,
   EXISTS (SELECT 1 FROM devices WHERE user_id = users.id) AS has_device,
   ${factorColumns}`,
  'LEFT JOIN lockouts ON lockouts.user_id = users.id AND lockouts.factor = ?',
);

/**
 * Who a name stands for: exactly, then without its domain if that is one user alone. What is merely alike is told as such. Only names of the same realm
 * are one person's; what the same primary checks in another realm, or in none, is alike.
 * @param realms undefined for all names alike
 */
export function findUser(sql: Sql, name: FoldedName, realms: NameRealms | undefined): Promise<FoundUser> {
  return findBy(himself, [], sql, name, realms);
}

/** @param parameters of the columns, then of the joins */
async function findBy(
  { exactly, bare: byBare, bareWithNames }: Wanted,
  parameters: readonly SqlValue[],
  sql: Sql,
  { folded, bare, skeleton }: FoldedName,
  realms: NameRealms | undefined,
): Promise<FoundUser> {
  const exact = await sql.get(exactly, ...parameters, folded);
  if (exact) return { kind: 'known', row: exact };
  const others = await sql.all(realms ? bareWithNames : byBare, ...parameters, bare);
  const own = realms ? inRealm(others, realms, suffixOf(realms, folded)) : others;
  if (own.length > 1) return { kind: 'ambiguous' };
  if (own[0]) return { kind: 'known', row: own[0] };
  const alike = await sql.all(`SELECT folded FROM user_names WHERE skeleton = ? ${realms ? '' : 'LIMIT 1'}`, skeleton);
  const checker = checkerOf(realms, folded);
  const isAlike = alike.some((row) => checkerOf(realms, text(row, 'folded')) === checker);
  return { kind: isAlike ? 'lookalike' : 'unknown' };
}

/** One row of each user who has a name in a realm, or in none. */
function inRealm(rows: readonly Row[], realms: NameRealms, suffix: string | undefined): Row[] {
  const own = rows.filter((row) => suffixOf(realms, text(row, 'folded')) === suffix);
  return [...new Map(own.map((row) => [text(row, 'id'), row])).values()];
}
