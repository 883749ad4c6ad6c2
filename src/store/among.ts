import { batchSize } from './batches.ts';
import type { Row, Sql } from './sql.ts';

/**
 * The rows whose column, the last word of the statement, is one of these values. Each statement has as many parameters, so that it is
 * prepared once.
 * @param end what follows in the statement
 */
export async function among(sql: Sql, statement: string, values: Iterable<string>, end = ''): Promise<Row[]> {
  const all = [...new Set(values)];
  const rows: Row[] = [];
  for (let from = 0; from < all.length; from += batchSize) {
    const parameters = Array.from({ length: batchSize }, (_, index) => all[from + index] ?? all[from] ?? '');
    const marks = parameters.map(() => '?').join(', ');
    rows.push(...(await sql.all(`${statement} IN (${marks}) ${end}`, ...parameters)));
  }
  return rows;
}
