import { OperatorError } from '../errors.ts';
import type { Algorithm } from '../factor/oath.ts';
import { foldUserName } from '../policy/user-name.ts';
import { userNamed, type NamedUser } from './named-user.ts';
import { firstFree, refusalOf } from './new-token-name.ts';
import { octets, text } from './row.ts';
import type { Row, Sql } from './sql.ts';
import type { TransactionContext } from './store.ts';
import { tokenOwner } from './token-owner.ts';

/** A token of an import file, as RowPacker packs it. */
export interface TokenLine {
  /** For its row in the store. */
  readonly id: string;
  /** Where it stands in the file. */
  readonly line: number;
  /** As the file names the user; null for nobody. */
  readonly user: string | null;
  /** Base64. */
  readonly key: string;
  readonly serial: string | null;
  readonly manufacturer: string | null;
  readonly model: string | null;
  readonly type: 'totp' | 'hotp';
  readonly algorithm: Algorithm;
  readonly digits: number;
  readonly period: number;
  readonly drift: number;
  readonly counter: number;
  /** Milliseconds since 1970 UTC. */
  readonly validFrom: number | null;
  readonly validUntil: number | null;
}

/** Why a line can't be imported. */
export interface LineProblem {
  readonly line: number;
  readonly message: string;
}

/** Where a token goes: its user, or nobody, and what it is called there. */
export interface TokenPlace {
  readonly userId: string | null;
  readonly name: string;
}

interface Taken {
  readonly name: string;
  readonly key: Buffer;
}

/** Lines that are looked at together. */
export const linesAtOnce = 200;

/** Finds a place for each token of a file: its user, and a name that the user has not given yet. */
export class TokenPlacer {
  readonly #context: TransactionContext;
  readonly #holds: boolean;
  /** What users have, with what lines before have taken. */
  readonly #taken = new Map<string, Taken[]>();

  /** @param holds whether the users of the tokens are held until the commit */
  constructor(context: TransactionContext, holds: boolean) {
    this.#context = context;
    this.#holds = holds;
  }

  /** @param lines linesAtOnce at most */
  async place(lines: readonly TokenLine[]): Promise<(TokenPlace | LineProblem)[]> {
    const { sql } = this.#context;
    const users = await usersOf(sql, lines);
    const ids = [...users.values()].flatMap((user) => (typeof user === 'string' ? [] : [user.id]));
    await this.#look([...new Set(ids)]);
    const serials = lines.flatMap(({ serial }) => serial ?? []);
    const known = new Set(
      (await among(sql, 'SELECT serial FROM tokens WHERE serial', serials)).map((row) => text(row, 'serial')),
    );
    return lines.map((line) => {
      const user = line.user === null ? null : (users.get(line.user) ?? 'the user is unknown');
      if (typeof user === 'string') return { line: line.line, message: user };
      if (line.serial !== null && known.has(line.serial))
        return { line: line.line, message: `there is a token with the serial number "${line.serial}" already` };
      return this.#placeOne(line, user);
    });
  }

  #placeOne(line: TokenLine, user: NamedUser | null): TokenPlace | LineProblem {
    const wish = (line.serial ?? line.type).slice(0, longestName);
    if (!user) return { userId: null, name: wish };
    const taken = this.#taken.get(user.id) ?? [];
    const key = Buffer.from(line.key, 'base64');
    const refusal = refusalOf(user.name, taken, { name: null, key });
    if (refusal) return { line: line.line, message: refusal[1] };
    const name = firstFree(new Set(taken.map((token) => token.name)), wish);
    taken.push({ name, key });
    return { userId: user.id, name };
  }

  /** Finds what users have who were not met before. */
  async #look(userIds: readonly string[]): Promise<void> {
    const { sql, seal } = this.#context;
    const fresh = userIds.filter((id) => !this.#taken.has(id));
    if (this.#holds) await holdUsers(sql, fresh);
    for (const id of fresh) this.#taken.set(id, []);
    for (const row of await among(sql, 'SELECT id, user_id, name, secret FROM tokens WHERE user_id', fresh)) {
      const key = seal.open(octets(row, 'secret'), tokenOwner(text(row, 'id')));
      this.#taken.get(text(row, 'user_id'))?.push({ name: text(row, 'name'), key });
    }
  }
}

/** The longest name that is made of a serial number, in characters. */
const longestName = 64;

/** Whoever gives one of them a token at the same time waits, where the database lets writers run side by side. */
async function holdUsers(sql: Sql, ids: readonly string[]): Promise<void> {
  await among(sql, 'UPDATE users SET name = name WHERE id', ids, 'RETURNING id');
}

/** The users that lines name, by the name, or why there is none. */
async function usersOf(sql: Sql, lines: readonly TokenLine[]): Promise<Map<string, NamedUser | string>> {
  const names = [...new Set(lines.flatMap(({ user }) => user ?? []))];
  const folded = new Map(names.map((name) => [name, foldUserName(name)]));
  const rows = await among(
    sql,
    `SELECT user_names.folded, users.id, users.name FROM user_names JOIN users ON users.id = user_names.user_id
     WHERE user_names.folded`,
    [...new Set([...folded.values()].flatMap((name) => name?.folded ?? []))],
  );
  const exact = new Map(rows.map((row) => [text(row, 'folded'), { id: text(row, 'id'), name: text(row, 'name') }]));
  const users = new Map<string, NamedUser | string>();
  for (const [name, forms] of folded) {
    if (!forms) users.set(name, 'the user is not a user name: too long, or with characters that cannot be seen');
    else users.set(name, exact.get(forms.folded) ?? (await userNamed(sql, forms).catch(reasonOf)));
  }
  return users;
}

function reasonOf(error: unknown): string {
  if (error instanceof OperatorError) return error.message;
  throw error;
}

/** The rows whose column, the last word of the statement, is one of these values: always with as many parameters, so that it is prepared once. */
async function among(sql: Sql, statement: string, values: readonly string[], end = ''): Promise<Row[]> {
  const [first] = values;
  if (first === undefined) return [];
  const parameters = Array.from({ length: linesAtOnce }, (_, index) => values[index] ?? first);
  return sql.all(`${statement} IN (${parameters.map(() => '?').join(', ')}) ${end}`, ...parameters);
}
