import { chainOf, type Chain } from '../audit/chain.ts';
import { numbered } from '../audit/list-rows.ts';
import { integer } from '../store/row.ts';
import type { Sql } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import type { AuditEvent } from './event.ts';

export interface NextInput {
  /** Names the stream. */
  readonly stream: string;
  /** Rows that are on their way already, beyond what is noted as sent. */
  readonly after: readonly Sent[];
  readonly limit: number;
}

export interface NextEvents {
  readonly events: readonly AuditEvent[];
  /** Rows that were purged before they were sent. */
  readonly lost: number;
  /** How far the chains are purged that lost any: what is to be noted as sent, so that a loss is told once. */
  readonly purged: readonly Sent[];
}

/** How far a stream has come in one chain. */
export interface Sent {
  readonly chain: number;
  readonly seq: number;
}

/**
 * The next rows of this node's chains that a stream has not sent. In a chain rows are committed in the order of their numbers, so that none appears behind
 * what was sent. Every node sends its own chains.
 */
export const nextEvents: Transaction<NextInput, NextEvents> = {
  name: 'next-audit-events',
  access: 'read',
  run: async ({ sql, audit }, { stream, after, limit }) => {
    const onTheWay = new Map(after.map(({ chain, seq }) => [chain, seq]));
    const events: AuditEvent[] = [];
    const purged: Sent[] = [];
    let lost = 0;
    for (const { chain, sent: noted } of await placesOf(sql, audit.node, stream)) {
      if (events.length >= limit) break;
      const sent = Math.max(noted, onTheWay.get(chain.id) ?? 0);
      if (sent >= chain.seq) continue;
      const rows = await sql.all(
        'SELECT * FROM audit WHERE chain = ? AND seq > ? ORDER BY seq LIMIT ?',
        chain.id,
        sent,
        limit - events.length,
      );
      if (chain.purgedSeq > sent) {
        lost += chain.purgedSeq - sent;
        purged.push({ chain: chain.id, seq: chain.purgedSeq });
      }
      for (const row of rows) events.push({ ...numbered(row), chain: chain.id, seq: integer(row, 'seq') });
    }
    return { events, lost, purged };
  },
};

/** Begins a stream that is new with what comes from now on; one that is known goes on. */
export const beginStream: Transaction<string, null> = {
  name: 'begin-audit-stream',
  access: 'write',
  run: async ({ sql, audit }, stream) => {
    const known = await sql.get(
      'SELECT 1 FROM audit_streams WHERE stream = ? AND node = ? LIMIT 1',
      stream,
      audit.node,
    );
    if (known) return null;
    for (const { chain } of await placesOf(sql, audit.node, stream))
      await put(sql, stream, audit.node, chain.id, chain.seq);
    // So that it is known, whether there are chains yet or not.
    await put(sql, stream, audit.node, 0, 0);
    return null;
  },
};

/** Remembers what was sent. What is noted late, behind a purge that went further, takes nothing back. */
export const noteSent: Transaction<{ readonly stream: string; readonly sent: readonly Sent[] }, null> = {
  name: 'note-audit-sent',
  access: 'write',
  run: async ({ sql, audit }, { stream, sent }) => {
    for (const { chain, seq } of sent) await put(sql, stream, audit.node, chain, seq);
    return null;
  },
};

async function put(sql: Sql, stream: string, node: string, chain: number, seq: number): Promise<void> {
  await sql.run(
    `INSERT INTO audit_streams (stream, node, chain, seq) VALUES (?, ?, ?, ?)
     ON CONFLICT (stream, node, chain) DO UPDATE SET seq = excluded.seq WHERE excluded.seq > audit_streams.seq`,
    stream,
    node,
    chain,
    seq,
  );
}

async function placesOf(sql: Sql, node: string, stream: string): Promise<{ chain: Chain; sent: number }[]> {
  const rows = await sql.all(
    `SELECT audit_chains.*, COALESCE(audit_streams.seq, 0) AS sent FROM audit_chains
     LEFT JOIN audit_streams ON audit_streams.chain = audit_chains.id AND audit_streams.stream = ? AND audit_streams.node = ?
     WHERE audit_chains.node = ? ORDER BY audit_chains.created_at, audit_chains.id`,
    stream,
    node,
    node,
  );
  return rows.flatMap((row) => {
    const chain = chainOf(row);
    return chain ? [{ chain, sent: integer(row, 'sent') }] : [];
  });
}
