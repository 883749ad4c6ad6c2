import { randomOctets } from '../random.ts';
import type { Row, SqlValue } from '../store/sql.ts';
import type { TransactionContext } from '../store/store.ts';
import { chainOf, isProven, linkOf, noLink, proofOfHead, type ChainHead } from './chain.ts';
import { personalColumns } from './personal.ts';

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
  const { sql, seal, audit } = context;
  const { chain, user } = await takeChain(context, at, columns['user_id'] ?? null);
  const { id, node, seq: last, link: before } = chain;
  const seq = last + 1;
  const row = { ...columns, ...personalColumns(audit, user), node, chain: id, seq };
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

interface Taken {
  readonly chain: ChainHead;
  /** Whom the row is of, if that user is there. */
  readonly user: Row | undefined;
}

const userColumns = 'users.name, users.first_name, users.last_name, users.email, users.phone';

/**
 * Takes a chain that no other transaction holds, or begins one, and reads whose row it will be. A chain that was tampered with is left as it is, for
 * `radgate audit verify` to tell.
 */
async function takeChain(context: TransactionContext, at: number, userId: SqlValue): Promise<Taken> {
  const { sql, seal, audit, sharedNow } = context;
  const row = await sql.get(
    `SELECT audit_chains.*, ${userColumns} FROM audit_chains LEFT JOIN users ON users.id = ?
     WHERE audit_chains.node = ? AND audit_chains.broken = 0 LIMIT 1${sharedNow ? ' FOR UPDATE OF audit_chains SKIP LOCKED' : ''}`,
    userId,
    audit.node,
  );
  const chain = row && chainOf(row);
  if (chain && isProven(seal, chain)) return { chain, user: row };
  if (row) await sql.run('UPDATE audit_chains SET broken = 1 WHERE id = ?', row['id'] ?? null);
  const user = await sql.get(`SELECT ${userColumns} FROM users WHERE id = ?`, userId);
  return { chain: await newChain(context, at), user };
}

async function newChain({ sql, seal, audit: { node } }: TransactionContext, at: number): Promise<ChainHead> {
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
