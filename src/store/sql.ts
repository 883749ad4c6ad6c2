/** What a column can hold. Integers are within 2^53. */
export type SqlValue = string | number | Buffer | null;
export type Row = Readonly<Record<string, SqlValue>>;

/**
 * One transaction's way to the database. Statements are written once for both drivers: `?` for parameters, `RETURNING` and
 * `ON CONFLICT` where needed, which SQLite and PostgreSQL share.
 */
export interface Sql {
  /** The first row, if there is one. */
  get(statement: string, ...parameters: readonly SqlValue[]): Promise<Row | undefined>;
  all(statement: string, ...parameters: readonly SqlValue[]): Promise<Row[]>;
  /** @returns how many rows it changed: a compare-and-set lost its race if that is 0 */
  run(statement: string, ...parameters: readonly SqlValue[]): Promise<number>;
}
