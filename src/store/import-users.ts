import { auditChange, type Change } from '../audit/change.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { batches } from './batches.ts';
import { text } from './row.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';
import { maxGroups } from './user-groups.ts';
import { maxNames } from './users.ts';

/** Users that one import can hold: they are in memory at once, and the store takes no other writes meanwhile. */
export const maxImportedUsers = 100_000;

/** A user to be imported. */
export interface ImportedUser {
  readonly id: string;
  /** As it is shown. */
  readonly name: string;
  /** Its folded form first, then those of the aliases. */
  readonly names: readonly FoldedName[];
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly phone: string | null;
  readonly email: string | null;
  readonly groups: readonly string[];
}

export interface UserImport {
  readonly users: readonly ImportedUser[];
  /** Whether those of a similar name are known to be different people. */
  readonly distinct: boolean;
}

/** Why a user can't be imported. */
export interface RowRefusal {
  /** Which of the users, from 0. */
  readonly index: number;
  readonly why: Obstacle;
}

export type Obstacle =
  /** One of the names is somebody's, or so similar to somebody's that a directory could mistake it. */
  | { readonly kind: 'taken' | 'alike'; readonly name: string; readonly owner: Owner }
  /** More than maxNames or maxGroups. */
  | { readonly kind: 'names' | 'groups' };

/** A user of the store by name, or one of the same import by index. */
export type Owner = string | number;

export interface ImportPlan {
  /** How many are new. */
  readonly added: number;
  /** Who goes by the name already, and is left as he is. */
  readonly present: readonly number[];
  readonly refused: readonly RowRefusal[];
}

/** What an import would do. */
export const planUsers: Transaction<UserImport, ImportPlan> = {
  name: 'plan-users',
  access: 'read',
  run: async ({ sql }, input) => summed(await plan(sql, input)),
};

/** Imports users, all that are new or, if one is refused, none. */
export const applyUsers: Transaction<UserImport & { readonly change: Change }, ImportPlan> = {
  name: 'apply-users',
  access: 'write',
  run: async ({ sql }, input) => {
    // Whoever claims names at the same time waits here, where the database lets writers run side by side.
    await sql.run("UPDATE facts SET value = value WHERE name = 'key_id'");
    const fates = await plan(sql, input);
    const result = summed(fates);
    if (result.refused.length > 0 || result.added === 0) return result;
    await insert(
      sql,
      input.users.filter((_, index) => fates[index]?.kind === 'new'),
      input.change.at,
    );
    await auditChange(sql, input.change, null, `${result.added} users`);
    return result;
  },
};

type Fate =
  { readonly kind: 'new' } | { readonly kind: 'present' } | { readonly kind: 'refused'; readonly why: Obstacle };

async function plan(sql: Sql, { users, distinct }: UserImport): Promise<Fate[]> {
  const store = await knownNames(sql, users, distinct);
  const file = new FileNames();
  return users.map((user, index) => {
    const [own] = user.names;
    if (own && store.folded.has(own.folded)) return { kind: 'present' };
    const why = obstacle(user, store, file, distinct);
    if (why) return { kind: 'refused', why };
    file.add(user.names, index);
    return { kind: 'new' };
  });
}

function obstacle(user: ImportedUser, store: KnownNames, file: FileNames, distinct: boolean): Obstacle | undefined {
  if (user.names.length > maxNames) return { kind: 'names' };
  if (user.groups.length > maxGroups) return { kind: 'groups' };
  for (const { folded: name, bare, skeleton } of user.names) {
    const owner = store.folded.get(name) ?? file.folded.get(name);
    if (owner !== undefined) return { kind: 'taken', name, owner };
    if (distinct) continue;
    const alike =
      store.bare.get(bare) ?? file.bare.get(bare) ?? store.skeleton.get(skeleton) ?? file.skeleton.get(skeleton);
    if (alike !== undefined) return { kind: 'alike', name, owner: alike };
  }
  return undefined;
}

/** Names of the rows before, in each of their forms, and the row they come from. */
class FileNames {
  readonly folded = new Map<string, number>();
  readonly bare = new Map<string, number>();
  readonly skeleton = new Map<string, number>();

  add(names: readonly FoldedName[], index: number): void {
    for (const { folded, bare, skeleton } of names) {
      this.folded.set(folded, index);
      this.bare.set(bare, index);
      this.skeleton.set(skeleton, index);
    }
  }
}

/** Names in the store that meet those of an import in one of their forms, and whose they are. */
type KnownNames = Readonly<Record<'folded' | 'bare' | 'skeleton', ReadonlyMap<string, string>>>;

async function knownNames(sql: Sql, users: readonly ImportedUser[], distinct: boolean): Promise<KnownNames> {
  const known = async (form: keyof KnownNames): Promise<ReadonlyMap<string, string>> => {
    const owners = new Map<string, string>();
    const wanted = new Set(users.flatMap(({ names }) => names.map((name) => name[form])));
    for (const batch of batches([...wanted])) {
      const rows = await sql.all(
        `SELECT user_names.${form} AS form, users.name FROM user_names JOIN users ON users.id = user_names.user_id
         WHERE user_names.${form} IN (${batch.map(() => '?').join(', ')})`,
        ...batch,
      );
      for (const row of rows) owners.set(text(row, 'form'), text(row, 'name'));
    }
    return owners;
  };
  const none = new Map<string, string>();
  return {
    folded: await known('folded'),
    bare: distinct ? none : await known('bare'),
    skeleton: distinct ? none : await known('skeleton'),
  };
}

async function insert(sql: Sql, users: readonly ImportedUser[], now: number): Promise<void> {
  await insertRows(
    sql,
    'users (id, name, first_name, last_name, phone, email, created_at)',
    users.map(({ id, name, firstName, lastName, phone, email }) => [id, name, firstName, lastName, phone, email, now]),
  );
  await insertRows(
    sql,
    'user_names (folded, bare, skeleton, user_id)',
    users.flatMap(({ id, names }) => names.map(({ folded, bare, skeleton }) => [folded, bare, skeleton, id])),
  );
  await insertRows(
    sql,
    'user_groups (user_id, name)',
    users.flatMap(({ id, groups }) => groups.map((group) => [id, group])),
  );
}

async function insertRows(sql: Sql, into: string, rows: readonly (readonly SqlValue[])[]): Promise<void> {
  for (const batch of batches(rows)) {
    const values = batch.map((row) => `(${row.map(() => '?').join(', ')})`).join(', ');
    await sql.run(`INSERT INTO ${into} VALUES ${values}`, ...batch.flat());
  }
}

function summed(fates: readonly Fate[]): ImportPlan {
  const present: number[] = [];
  const refused: RowRefusal[] = [];
  let added = 0;
  for (const [index, fate] of fates.entries()) {
    if (fate.kind === 'new') added++;
    else if (fate.kind === 'present') present.push(index);
    else refused.push({ index, why: fate.why });
  }
  return { added, present, refused };
}
