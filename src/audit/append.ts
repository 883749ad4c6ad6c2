import { randomOctets } from '../random.ts';
import type { SqlValue } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { chainOf, isProven, linkOf, noLink, proofOfHead, type ChainHead } from './chain.ts';

/**
 * Adds a row to a chain of this node, inside the transaction of what the row tells. Transactions that run at once take different chains and wait for
 * none: a node has as many as it ever had transactions under way, which its connections to the database bound; on SQLite, where one runs at a time, one.
 * @param columns of the table audit; none that is null need be there
 */
export async function appendRow(
  context: TransactionContext,
  at: number,
  columns: Readonly<Record<string, SqlValue>>,
): Promise<void> {
  const { sql, seal } = context;
  const { id, node, seq: last, link: before } = (await takeChain(context)) ?? (await newChain(context, at));
  const seq = last + 1;
  const row = { ...columns, node, chain: id, seq };
  const link = linkOf(seal, before, row);
  const written = { ...row, link };
  const names = Object.keys(written);
  await sql.run(
    `INSERT INTO audit (${names.join(', ')}) VALUES (${names.map(() => '?').join(', ')})`,
    ...Object.values(written),
  );
  const head = proofOfHead(seal, { id, node, seq, link });
  await sql.run('UPDATE audit_chains SET seq = ?, link = ?, head = ? WHERE id = ?', seq, link, head, id);
}

/** Takes a chain that no other transaction holds. One that was tampered with is left as it is, for `radgate audit verify` to tell. */
async function takeChain({ sql, seal, node, sharedNow }: TransactionContext): Promise<ChainHead | undefined> {
  const passOver = sharedNow ? ' FOR UPDATE SKIP LOCKED' : '';
  const row = await sql.get(`SELECT * FROM audit_chains WHERE node = ? AND broken = 0 LIMIT 1${passOver}`, node);
  if (!row) return undefined;
  const chain = chainOf(row);
  if (chain && isProven(seal, chain)) return chain;
  await sql.run('UPDATE audit_chains SET broken = 1 WHERE id = ?', row['id'] ?? null);
  return undefined;
}

async function newChain({ sql, seal, node }: TransactionContext, at: number): Promise<ChainHead> {
  const chain = { id: randomOctets(6).readUIntBE(0, 6), node, seq: 0, link: noLink };
  const head = proofOfHead(seal, chain);
  await sql.run(
    'INSERT INTO audit_chains (id, node, created_at, seq, link, head) VALUES (?, ?, ?, 0, ?, ?)',
    chain.id,
    node,
    at,
    noLink,
    head,
  );
  return { ...chain, head };
}
