import { randomOctets } from '../random.ts';
import type { Seal } from '../store/seal.ts';
import type { Sql } from '../store/sql.ts';
import { chainOf, isProven, noLink, proofOfHead, type ChainHead } from './chain.ts';
import type { AuditSettings } from './settings.ts';

/** Of the transaction that takes a chain. */
interface Taking {
  readonly sql: Sql;
  readonly seal: Seal;
  readonly audit: Pick<AuditSettings, 'node'>;
  /** Where others write at the same time, as on PostgreSQL. */
  readonly sharedNow?: unknown;
}

/** A chain and whether rows were added that its head in the store does not tell of yet. */
interface Held extends Omit<ChainHead, 'head'> {
  readonly isAhead: boolean;
}

/**
 * The chain that the transactions of one commit add their rows to: taken by the first of them and put back once, before the commit. Transactions
 * that run at once take different chains and wait for none: a node has as many as it ever had transactions under way, which its connections to the
 * database bound; on SQLite, where those of one commit follow each other, one.
 */
export class ChainInHand {
  #held: Held | undefined;

  /** Takes a chain that nobody else holds, or begins one. @param at when a new one begins, in milliseconds since 1970 UTC */
  async take(context: Taking, at: number): Promise<Omit<ChainHead, 'head'>> {
    this.#held ??= { ...(await takeChain(context, at)), isAhead: false };
    return this.#held;
  }

  /** A row was added to what `take` gave. */
  advance(seq: number, link: Buffer): void {
    if (!this.#held) throw new Error('no chain was taken');
    this.#held = { ...this.#held, seq, link, isAhead: true };
  }

  /** Writes its head, if rows were added. */
  async putBack({ sql, seal }: Taking): Promise<void> {
    if (!this.#held?.isAhead) return;
    const { id, seq, link } = this.#held;
    const head = proofOfHead(seal, this.#held);
    await sql.run('UPDATE audit_chains SET seq = ?, link = ?, head = ? WHERE id = ?', seq, link, head, id);
  }

  /** Where it stands. @returns puts it there again, if what followed was undone */
  mark(): () => void {
    const held = this.#held;
    return () => {
      this.#held = held;
    };
  }
}

/** A chain that was tampered with is left as it is, for `radgate audit verify` to tell. */
async function takeChain(context: Taking, at: number): Promise<Omit<ChainHead, 'head'>> {
  const { sql, seal, audit, sharedNow } = context;
  const row = await sql.get(
    `SELECT * FROM audit_chains WHERE node = ? AND broken = 0 LIMIT 1${sharedNow ? ' FOR UPDATE SKIP LOCKED' : ''}`,
    audit.node,
  );
  const chain = row && chainOf(row);
  if (chain && isProven(seal, chain)) return chain;
  if (row) await sql.run('UPDATE audit_chains SET broken = 1 WHERE id = ?', row['id'] ?? null);
  return newChain(context, at);
}

async function newChain({ sql, seal, audit: { node } }: Taking, at: number): Promise<Omit<ChainHead, 'head'>> {
  const chain = { id: randomOctets(6).readUIntBE(0, 6), node, seq: 0, link: noLink };
  await sql.run(
    'INSERT INTO audit_chains (id, node, created_at, seq, link, head) VALUES (?, ?, ?, 0, ?, ?)',
    chain.id,
    node,
    at,
    noLink,
    proofOfHead(seal, chain),
  );
  return chain;
}
