import type { Row, SqlValue } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { linkOf } from './chain.ts';
import { personalColumns } from './personal.ts';

/**
 * Adds a row to the chain that is in hand, inside the transaction of what the row tells.
 * @param columns of the table audit; none that is null need be there
 * @param user whom the row is of, if that user is there
 */
export async function appendRow(
  context: TransactionContext,
  columns: Readonly<Record<string, SqlValue>> & { readonly at: number },
  user: Row | undefined,
): Promise<void> {
  const { sql, seal, audit, chain } = context;
  const { id, node, seq: last, link: before } = await chain.take(context, columns.at);
  const seq = last + 1;
  const row = { ...columns, ...personalColumns(audit, user), node, chain: id, seq };
  const link = linkOf(seal, before, row);
  const written = { ...row, link };
  const names = Object.keys(written);
  await sql.run(
    `INSERT INTO audit (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ...Object.values(written),
  );
  chain.advance(seq, link);
}
