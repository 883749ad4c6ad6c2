import { DatabaseError, type ClientBase, type QueryConfig, type QueryResult } from 'pg';
import { toPostgres } from './postgres-dialect.ts';
import type { Row, Sql, SqlValue } from './sql.ts';
import { StoreError } from './store.ts';

/** One transaction on one connection. All its errors are PostgresErrors. */
export class PostgresSql implements Sql {
  readonly #client: ClientBase;
  #lost = false;

  constructor(client: ClientBase) {
    this.#client = client;
  }

  /** The connection broke or did not answer in time: it is of no further use. */
  get lost(): boolean {
    return this.#lost;
  }

  async get(statement: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined> {
    const [row] = await this.all(statement, ...parameters);
    return row;
  }

  async all(statement: string, ...parameters: readonly SqlValue[]): Promise<Row[]> {
    return (await this.#query({ ...toPostgres(statement), values: [...parameters] })).rows;
  }

  async run(statement: string, ...parameters: readonly SqlValue[]): Promise<number> {
    return (await this.#query({ ...toPostgres(statement), values: [...parameters] })).rowCount ?? 0;
  }

  /** For BEGIN, COMMIT and ROLLBACK. @returns which of them it came to: a COMMIT after a failed statement is a ROLLBACK */
  async command(text: string): Promise<string> {
    return (await this.#query({ text })).command;
  }

  async #query(query: QueryConfig<SqlValue[]>): Promise<QueryResult<Row>> {
    try {
      return await this.#client.query<Row, SqlValue[]>(query);
    } catch (error) {
      const told = new PostgresError(error);
      // What the server itself reports leaves the connection as it was, but with statements that it has no use for.
      this.#lost ||= !(error instanceof DatabaseError) || told.isOutdated;
      throw told;
    }
  }
}

/** Tells what went wrong without the values of the row, which PostgreSQL puts into an error's details. */
export class PostgresError extends StoreError {
  /** What the server calls it: SQLSTATE, five characters; undefined if the server said nothing. */
  readonly sqlState: string | undefined;

  /** A newer radgate has changed a table since the connection parsed the statement ("cached plan must not change result type"): another one will do. */
  readonly isOutdated: boolean;

  constructor(error: unknown) {
    super(messageOf(error));
    this.name = 'PostgresError';
    this.sqlState = error instanceof DatabaseError ? error.code : undefined;
    this.isOutdated = error instanceof DatabaseError && error.routine === 'RevalidateCachedQuery';
  }

  /** The database gave up on the transaction because of others at the same time: it may succeed if it is run again. */
  get isConflict(): boolean {
    return this.sqlState === '40001' || this.sqlState === '40P01';
  }
}

function messageOf(error: unknown): string {
  // Every address of a host name was tried.
  if (error instanceof AggregateError) return error.errors.map(messageOf).join(', ');
  return error instanceof Error ? error.message : String(error);
}
