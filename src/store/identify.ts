import type { Identity, Method } from '../policy/decide.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { integer, text } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { Transaction } from './store.ts';

export interface IdentifyInput {
  readonly name: FoldedName;
  /** Failures at which a user is locked. */
  readonly lockoutFailures: number;
}

/** Finds out who a name stands for: exactly, then without its domain if that is one user alone. What is merely alike is told as such. */
export const identify: Transaction<IdentifyInput, Identity> = {
  name: 'identify',
  access: 'read',
  run: async ({ sql }, { name, lockoutFailures }) => {
    const found = await findUser(sql, name);
    if (found.kind !== 'known') return found;
    const user = found.row;
    const tokens = await sql.all(
      "SELECT DISTINCT type FROM tokens WHERE user_id = ? AND state IN ('active', 'pending')",
      text(user, 'id'),
    );
    return {
      kind: 'known',
      userId: text(user, 'id'),
      disabled: integer(user, 'disabled') !== 0,
      locked: integer(user, 'failures') >= lockoutFailures,
      methods: tokens.map((token) => text(token, 'type') as Method),
    };
  },
};

export type FoundUser =
  { readonly kind: 'known'; readonly row: Row } | { readonly kind: 'unknown' | 'ambiguous' | 'lookalike' };

const columns = 'users.id, users.name, users.password, users.disabled, users.failures';

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
