import { integer } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction, TransactionContext } from '../store/store.ts';
import { auditChange } from './change.ts';
import { chainOf, isPurgeProven, linkOf, proofOfPurge, startOf, type Chain } from './chain.ts';
import { isLink } from './verify-chain.ts';

export interface PurgeInput {
  /** Rows of before are removed, in milliseconds since 1970 UTC. */
  readonly before: number;
  readonly now: number;
  /** Rows of one chain at most. */
  readonly limit: number;
}

/**
 * Removes the oldest rows of one chain, each proven before it goes, and writes down how far: the next row is proven by that. A chain ends to be purged at its
 * first row that was altered, so that `radgate audit verify` still finds it.
 * @returns how many rows it was; 0 once nothing is left to remove
 */
export const purgeAudit: Transaction<PurgeInput, number> = {
  name: 'purge-audit',
  access: 'write',
  run: async (context, input) => {
    const { sql, sharedNow } = context;
    const unlinked = await sql.run(
      'DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE chain IS NULL AND at < ? LIMIT ?)',
      input.before,
      input.limit,
    );
    if (unlinked > 0) return unlinked;
    // One that a login holds at this moment comes next time.
    const passOver = sharedNow ? ' FOR UPDATE SKIP LOCKED' : '';
    const ids = await sql.all(
      `SELECT audit_chains.id FROM audit_chains
       JOIN audit ON audit.chain = audit_chains.id AND audit.seq = audit_chains.purged_seq + 1
       WHERE audit.at < ? OR audit.at > ? ORDER BY audit_chains.id`,
      input.before,
      input.now,
    );
    for (const { id = null } of ids) {
      const row = await sql.get(`SELECT * FROM audit_chains WHERE id = ?${passOver}`, id);
      const chain = row && chainOf(row);
      const removed = chain ? await purgeChain(context, chain, input) : 0;
      if (removed > 0) return removed;
    }
    return 0;
  },
};

async function purgeChain(context: TransactionContext, chain: Chain, input: PurgeInput): Promise<number> {
  const { sql, seal } = context;
  const { before, now, limit } = input;
  if (!isPurgeProven(seal, chain)) return 0;
  const start = startOf(chain);
  const rows = await sql.all(
    'SELECT * FROM audit WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?',
    chain.id,
    start.seq,
    limit,
  );
  let last = start;
  let end = start;
  let ahead = 0;
  for (const row of rows) {
    const link = linkOf(seal, last.link, row);
    if (row['seq'] !== last.seq + 1 || !isLink(row['link'], link)) break;
    last = { seq: last.seq + 1, link };
    const at = integer(row, 'at');
    if (at < before) end = last;
    // A time to come is a clock that was wrong: it is no reason to keep what is around it.
    else if (at > now) ahead++;
    else break;
  }
  if (ahead === limit && (await isNextOld(sql, chain.id, last.seq, input))) end = last;
  if (end === start) return 0;
  await sql.run('DELETE FROM audit WHERE chain = ? AND seq <= ?', chain.id, end.seq);
  await sql.run(
    'UPDATE audit_chains SET purged_seq = ?, purged_link = ?, purged = ? WHERE id = ?',
    end.seq,
    end.link,
    proofOfPurge(seal, chain.id, end.seq, end.link),
    chain.id,
  );
  return end.seq - start.seq;
}

/** Whether the next row whose time is not to come is to be removed. */
async function isNextOld(sql: Sql, chain: number, after: number, { before, now }: PurgeInput): Promise<boolean> {
  const row = await sql.get(
    'SELECT at FROM audit WHERE chain = ? AND seq > ? AND at <= ? ORDER BY seq LIMIT 1',
    chain,
    after,
    now,
  );
  return row !== undefined && integer(row, 'at') < before;
}

/** Tells the audit what was purged of it. */
export const notePurge: Transaction<
  { readonly id: string; readonly at: number; readonly before: number; readonly rows: number },
  null
> = {
  name: 'note-audit-purge',
  access: 'write',
  run: async (context, { id, at, before, rows }) => {
    const detail = `${rows} rows of before ${new Date(before).toISOString()}`;
    await auditChange(context, { id, command: 'audit purged', at }, null, detail);
    return null;
  },
};
