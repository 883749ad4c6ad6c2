import type { SqlValue } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { linkOf } from './chain.ts';

/** Of the table audit, what a row says; its place in the chain stands beside. */
const told = [
  'account',
  'actor',
  'application',
  'approval_ms',
  'at',
  'calling_station_id',
  'changed_from',
  'changed_to',
  'client',
  'client_address',
  'device',
  'email',
  'first_name',
  'last_name',
  'latency_ms',
  'login_id',
  'method',
  'name_bare',
  'phone',
  'primary_name',
  'primary_ms',
  'protocol',
  'reason',
  'result',
  'rule',
  'server_address',
  'store_ms',
  'token',
  'user_id',
  'user_name',
] as const;
const insert = `INSERT INTO audit (${[...told, 'node', 'chain', 'seq', 'link'].join(', ')})
  VALUES (${[...told, 'node', 'chain', 'seq', 'link'].map(() => '?').join(', ')})`;

/** What a row of the audit says, by columns. */
export type ToldColumns = Readonly<Record<(typeof told)[number], SqlValue>> & { readonly at: number };

/** Adds a row to the chain that is in hand, inside the transaction of what the row tells. */
export async function appendRow(context: TransactionContext, columns: ToldColumns): Promise<void> {
  const { sql, seal, chain } = context;
  const { id, node, seq: last, link: before } = await chain.take(context, columns.at);
  const seq = last + 1;
  const link = linkOf(seal, before, { ...columns, node, chain: id, seq });
  await sql.run(insert, ...told.map((name) => columns[name]), node, id, seq, link);
  chain.advance(seq, link);
}
