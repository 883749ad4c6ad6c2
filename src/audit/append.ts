import type { SqlValue } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { linkOver } from './chain.ts';

/** Of the table audit, all that a link covers, in the order in which it does. */
const covered = [
  'account',
  'actor',
  'application',
  'approval_ms',
  'at',
  'calling_station_id',
  'chain',
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
  'node',
  'phone',
  'primary_ms',
  'primary_name',
  'protocol',
  'reason',
  'result',
  'rule',
  'seq',
  'server_address',
  'store_ms',
  'token',
  'user_id',
  'user_name',
] as const;
const insert = `INSERT INTO audit (${covered.join(', ')}, link) VALUES (${covered.map(() => '?').join(', ')}, ?)`;

/** What a row of the audit says, by columns. */
export type ToldColumns = Readonly<Record<Exclude<(typeof covered)[number], 'chain' | 'node' | 'seq'>, SqlValue>> & {
  readonly at: number;
};

/** Adds a row to the chain that is in hand, inside the transaction of what the row tells. */
export async function appendRow(context: TransactionContext, told: ToldColumns): Promise<void> {
  const { sql, seal, chain } = context;
  const { id, node, seq: last, link: before } = await chain.take(context, told.at);
  const place = { chain: id, node, seq: last + 1 };
  const columns = covered.map((name): [string, SqlValue] => [name, isOfPlace(name) ? place[name] : told[name]]);
  const link = linkOver(seal, before, columns);
  await sql.run(insert, ...columns.map(([, value]) => value), link);
  chain.advance(place.seq, link);
}

function isOfPlace(name: string): name is 'chain' | 'node' | 'seq' {
  return name === 'chain' || name === 'node' || name === 'seq';
}
