import { auditChange, type Change } from '../audit/change.ts';
import type { FoldedName } from '../policy/user-name.ts';
import { among } from './among.ts';
import { batchSize, batches } from './batches.ts';
import { unpackRows } from './packed-rows.ts';
import { Recurring } from './recurring.ts';
import { text } from './row.ts';
import type { Sql, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';
import { maxGroups } from './user-groups.ts';
import { maxNames } from './users.ts';

/** Users that one import can hold: packed they are in memory at once, and the store takes no other writes meanwhile. */
export const maxImportedUsers = 100_000;

/** A user to be imported, as RowPacker packs it. */
export interface ImportedUser {
  readonly id: string;
  /** Where the user stands in the file. */
  readonly line: number;
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
  /** ImportedUsers, packed. */
  readonly rows: readonly Buffer[];
  /** Whether those of a similar name are known to be different people. */
  readonly distinct: boolean;
}

/** Why a user can't be imported. */
export interface RowRefusal {
  readonly line: number;
  readonly why: Obstacle;
}

export type Obstacle =
  /** One of the names is somebody's, or so similar to somebody's that a directory could mistake it. */
  | { readonly kind: 'taken' | 'alike'; readonly name: string; readonly owner: Owner }
  /** More than maxNames or maxGroups. */
  | { readonly kind: 'names' | 'groups' };

/** A user of the store by name, or one of the same import by line. */
export type Owner = string | number;

export interface ImportPlan {
  /** How many are new. */
  readonly added: number;
  /** How many go by their name already, and are left as they are. */
  readonly present: number;
  /** In the order of the file. */
  readonly refused: readonly RowRefusal[];
}

/** What an import would do. */
export const planUsers: Transaction<UserImport, ImportPlan> = {
  name: 'plan-users',
  access: 'read',
  run: async ({ sql }, input) => (await plan(sql, input)).plan,
};

/** Imports users, all that are new or, if one is refused, none. */
export const applyUsers: Transaction<UserImport & { readonly change: Change }, ImportPlan> = {
  name: 'apply-users',
  access: 'write',
  run: async (context, input) => {
    const { sql } = context;
    // Whoever claims names at the same time waits here, where the database lets writers run side by side.
    await sql.run("UPDATE facts SET value = value WHERE name = 'key_id'");
    // All are planned before the first is written: PostgreSQL keeps the plan of a look-up that it made while the table was small.
    const { plan: result, present } = await plan(sql, input);
    if (result.refused.length > 0 || result.added === 0) return result;
    for (const users of unpackRows<ImportedUser>(input.rows, batchSize))
      await insert(
        sql,
        users.filter(({ line }) => !present.has(line)),
        input.change.at,
      );
    await auditChange(context, input.change, null, `${result.added} users`);
    return result;
  },
};

interface Planned {
  readonly plan: ImportPlan;
  /** The lines of those who go by their name already. */
  readonly present: ReadonlySet<number>;
}

async function plan(sql: Sql, { rows, distinct }: UserImport): Promise<Planned> {
  const file = new FileNames(rows);
  const present = new Set<number>();
  const refused: RowRefusal[] = [];
  let added = 0;
  for (const users of unpackRows<ImportedUser>(rows, batchSize)) {
    const store = await knownNames(sql, users, distinct);
    for (const user of users) {
      const { line, names } = user;
      const [own] = names;
      const isPresent = own !== undefined && store.folded.has(own.folded);
      const why = isPresent ? undefined : obstacle(user, store, file, distinct);
      if (isPresent) present.add(line);
      else if (why) refused.push({ line, why });
      else {
        file.add(names, line);
        added++;
      }
    }
  }
  return { plan: { added, present: present.size, refused }, present };
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

const forms = ['folded', 'bare', 'skeleton'] as const;

/** Names of the lines before, in each of their forms, and the line they come from: only of those that come again. */
class FileNames {
  readonly folded = new Map<string, number>();
  readonly bare = new Map<string, number>();
  readonly skeleton = new Map<string, number>();
  readonly #recurs: ((text: string) => boolean) | undefined;

  constructor(rows: UserImport['rows']) {
    const recurring = new Recurring();
    for (const users of unpackRows<ImportedUser>(rows, batchSize))
      for (const { names } of users)
        for (const form of forms)
          for (const name of new Set(names.map((each) => each[form]))) recurring.add(`${form} ${name}`);
    this.#recurs = recurring.found();
  }

  add(names: readonly FoldedName[], line: number): void {
    for (const form of forms)
      for (const name of names.map((each) => each[form]))
        if (this.#recurs?.(`${form} ${name}`)) this[form].set(name, line);
  }
}

/** Names in the store that meet those of an import in one of their forms, and whose they are. */
type KnownNames = Readonly<Record<(typeof forms)[number], ReadonlyMap<string, string>>>;

async function knownNames(sql: Sql, users: readonly ImportedUser[], distinct: boolean): Promise<KnownNames> {
  const folded = await ownersBy(sql, 'folded', users);
  // Whoever is there is left as he is: it does not matter whom he is like.
  const fresh = distinct ? [] : users.filter(({ names: [own] }) => !own || !folded.has(own.folded));
  return { folded, bare: await ownersBy(sql, 'bare', fresh), skeleton: await ownersBy(sql, 'skeleton', fresh) };
}

async function ownersBy(
  sql: Sql,
  form: keyof KnownNames,
  users: readonly ImportedUser[],
): Promise<ReadonlyMap<string, string>> {
  const rows = await among(
    sql,
    `SELECT user_names.${form} AS form, users.name FROM user_names JOIN users ON users.id = user_names.user_id
     WHERE user_names.${form}`,
    users.flatMap(({ names }) => names.map((name) => name[form])),
  );
  return new Map(rows.map((row) => [text(row, 'form'), text(row, 'name')]));
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
