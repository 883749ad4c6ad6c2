import { ways } from '../policy/choice.ts';
import { methods, type Identity, type Method } from '../policy/decide.ts';
import { lockState, type LockoutRules } from '../policy/lockout.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { codeFactor, lockoutColumns, lockoutOf } from './lockouts.ts';
import { integer, text, textOrNull } from './row.ts';
import type { Row, Sql } from './sql.ts';
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
  run: async ({ sql }, { proven, asked, lockout, now, wantsGroups, wantsNames }) => {
    const found = await findPerson(sql, proven, asked);
    if (found.kind !== 'known') return found;
    const id = text(found.row, 'id');
    const state = await sql.get(stateNow, now, codeFactor, id);
    // Removed just now.
    if (!state) return { kind: 'unknown' };
    return {
      kind: 'known',
      userId: id,
      disabled: integer(found.row, 'disabled') !== 0,
      lock: lockState(lockoutOf(state), lockout, now),
      bypassId: textOrNull(state, 'bypass_id'),
      methods: await methodsOf(sql, id, now),
      hasDevice: textOrNull(state, 'has_device') !== null,
      groups: wantsGroups ? await groupsOf(sql, id) : [],
      names: wantsNames ? await namesOf(sql, id) : [],
      phone: textOrNull(found.row, 'phone'),
      email: textOrNull(found.row, 'email'),
      language: textOrNull(found.row, 'language'),
      preferredWay: ways.find((way) => way === textOrNull(found.row, 'preferred_way')) ?? null,
    };
  },
};

/** What is known of a user beside his own row, in one statement: each costs a login more than what it reads. */
const stateNow = `SELECT ${lockoutColumns},
   (SELECT id FROM bypasses WHERE user_id = users.id AND valid_until > ? AND used_at IS NULL LIMIT 1) AS bypass_id,
   (SELECT id FROM devices WHERE user_id = users.id LIMIT 1) AS has_device
 FROM users LEFT JOIN lockouts ON lockouts.user_id = users.id AND lockouts.factor = ? WHERE users.id = ?`;

/** One person goes by all these names: two users of radgate that they lead to are one too many. */
async function findPerson(sql: Sql, proven: readonly FoldedName[], asked: FoldedName | undefined): Promise<FoundUser> {
  const all: FoundUser[] = [];
  for (const name of proven) all.push(await findUser(sql, name));
  const known = all.filter((found) => found.kind === 'known');
  if (new Set(known.map(({ row }) => text(row, 'id'))).size > 1) return { kind: 'ambiguous' };
  const told = known[0] ?? all.find(({ kind }) => kind === 'ambiguous') ?? all.find(({ kind }) => kind === 'lookalike');
  if (told) return told;
  return asked ? findUser(sql, asked) : { kind: 'unknown' };
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
  const rows = await sql.all(
    `SELECT type FROM tokens WHERE user_id = ? AND state IN ('active', 'pending')
       AND (valid_from IS NULL OR valid_from <= ?) AND (valid_until IS NULL OR valid_until > ?)
     UNION ALL SELECT 'recovery' WHERE EXISTS (SELECT 1 FROM recovery_codes WHERE user_id = ? AND used_at IS NULL)`,
    userId,
    now,
    now,
    userId,
  );
  const types = new Set(rows.map((row) => text(row, 'type')));
  return methods.filter((method) => types.has(method));
}

export type FoundUser =
  { readonly kind: 'known'; readonly row: Row } | { readonly kind: 'unknown' | 'ambiguous' | 'lookalike' };

const columns =
  'users.id, users.name, users.password, users.disabled, users.phone, users.email, users.language, users.preferred_way';

/** Who a name stands for: exactly, then without its domain if that is one user alone. What is merely alike is told as such. */
export async function findUser(sql: Sql, { folded, bare, skeleton }: FoldedName): Promise<FoundUser> {
  const exact = await sql.get(
    `SELECT ${columns} FROM user_names JOIN users ON users.id = user_names.user_id WHERE user_names.folded = ?`,
    folded,
  );
  if (exact) return { kind: 'known', row: exact };
  const others = await sql.all(
    `SELECT DISTINCT ${columns} FROM user_names JOIN users ON users.id = user_names.user_id
     WHERE user_names.bare = ? LIMIT 2`,
    bare,
  );
  if (others.length > 1) return { kind: 'ambiguous' };
  if (others[0]) return { kind: 'known', row: others[0] };
  const alike = await sql.get('SELECT user_id FROM user_names WHERE skeleton = ? LIMIT 1', skeleton);
  return { kind: alike ? 'lookalike' : 'unknown' };
}
