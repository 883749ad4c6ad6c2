import { OperatorError } from '../errors.ts';
import type { Algorithm } from '../factor/oath.ts';
import { foldUserName } from '../policy/user-name.ts';
import { among } from './among.ts';
import { batchSize } from './batches.ts';
import { firstFree } from './first-free.ts';
import { userNamed, type NamedUser } from './named-user.ts';
import { refusalOf, type Taken } from './new-token-name.ts';
import { unpackRows } from './packed-rows.ts';
import { Recurring } from './recurring.ts';
import { octets, text } from './row.ts';
import type { Sql } from './sql.ts';
import type { TransactionContext } from './store.ts';
import { tokenOwner } from './token-owner.ts';
import type { UsersGivenTo } from './users-given-to.ts';

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

/** Lines that are looked at together. */
export const linesAtOnce = batchSize;

/** Finds a place for each token of a file: its user, and a name that the user has not given yet. */
export class TokenPlacer {
  readonly #context: TransactionContext;
  readonly #recurs: ((userId: string) => boolean) | undefined;
  /** What lines before give those users who come again, by their id. */
  readonly #before = new Map<string, Taken[]>();
  readonly #users: UsersGivenTo | undefined;

  private constructor(
    context: TransactionContext,
    recurs: ((userId: string) => boolean) | undefined,
    users: UsersGivenTo | undefined,
  ) {
    this.#context = context;
    this.#recurs = recurs;
    this.#users = users;
  }

  /**
   * @param rows TokenLines, packed: those that it will place
   * @param givenTo is told of the users, and of their tokens
   */
  static async for(
    context: TransactionContext,
    rows: readonly Buffer[],
    givenTo: UsersGivenTo | undefined,
  ): Promise<TokenPlacer> {
    const users = new Recurring();
    for (const lines of unpackRows<TokenLine>(rows, linesAtOnce)) {
      const named = await usersOf(context.sql, lines);
      for (const { user } of lines) {
        const found = named.get(user ?? '');
        if (typeof found === 'object') users.add(found.id);
      }
    }
    return new TokenPlacer(context, users.found(), givenTo);
  }

  /** @param lines linesAtOnce at most; nothing of the lines before may have been written yet */
  async place(lines: readonly TokenLine[]): Promise<(TokenPlace | LineProblem)[]> {
    const { sql } = this.#context;
    const users = await usersOf(sql, lines);
    const ids = [...users.values()].flatMap((user) => (typeof user === 'string' ? [] : [user.id]));
    const taken = await this.#takenBy(new Set(ids));
    const serials = lines.flatMap(({ serial }) => serial ?? []);
    const known = new Set(
      (await among(sql, 'SELECT serial FROM tokens WHERE serial', serials)).map((row) => text(row, 'serial')),
    );
    return lines.map((line) => {
      const user = line.user === null ? null : (users.get(line.user) ?? 'the user is unknown');
      if (typeof user === 'string') return { line: line.line, message: user };
      if (line.serial !== null && known.has(line.serial))
        return { line: line.line, message: `there is a token with the serial number "${line.serial}" already` };
      const wish = (line.serial ?? line.type).slice(0, longestName);
      return user ? this.#placeOne(line, user, wish, taken.get(user.id) ?? []) : { userId: null, name: wish };
    });
  }

  #placeOne(line: TokenLine, user: NamedUser, wish: string, taken: Taken[]): TokenPlace | LineProblem {
    const key = Buffer.from(line.key, 'base64');
    const refusal = refusalOf(user.name, taken, { name: null, key });
    if (refusal) return { line: line.line, message: refusal[1] };
    const name = firstFree(new Set(taken.map((token) => token.name)), wish, '-');
    const token = { name, key };
    taken.push(token);
    this.#users?.add(user.id, line.id);
    if (this.#recurs?.(user.id)) this.#before.set(user.id, [...(this.#before.get(user.id) ?? []), token]);
    return { userId: user.id, name };
  }

  /** What users have in the store, and what lines before give them. */
  async #takenBy(ids: ReadonlySet<string>): Promise<Map<string, Taken[]>> {
    const { sql, seal } = this.#context;
    const taken = new Map([...ids].map((id): [string, Taken[]] => [id, [...(this.#before.get(id) ?? [])]]));
    for (const row of await among(sql, 'SELECT id, user_id, name, secret FROM tokens WHERE user_id', ids)) {
      const [id, userId] = [text(row, 'id'), text(row, 'user_id')];
      taken.get(userId)?.push({ name: text(row, 'name'), key: seal.open(octets(row, 'secret'), tokenOwner(id)) });
      this.#users?.add(userId, id);
    }
    return taken;
  }
}

/** The longest name that is made of a serial number, in characters. */
const longestName = 64;

/** The users that lines name, by the name, or why there is none. */
async function usersOf(sql: Sql, lines: readonly TokenLine[]): Promise<Map<string, NamedUser | string>> {
  const names = [...new Set(lines.flatMap(({ user }) => user ?? []))];
  const folded = new Map(names.map((name) => [name, foldUserName(name)]));
  const rows = await among(
    sql,
    `SELECT user_names.folded, users.id, users.name FROM user_names JOIN users ON users.id = user_names.user_id
     WHERE user_names.folded`,
    [...folded.values()].flatMap((name) => name?.folded ?? []),
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
