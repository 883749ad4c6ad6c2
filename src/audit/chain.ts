import type { Row, Sql, SqlValue } from '../store/sql.ts';
import { integer, octets, octetsOrNull, text } from '../store/row.ts';
import type { Seal } from '../store/seal.ts';

/** How far a chain has come: what its next row is linked to. */
export interface ChainHead {
  /** Random, below 2^48. */
  readonly id: number;
  readonly node: string;
  /** The number of its last row, from 1; 0 before the first. */
  readonly seq: number;
  /** That of its last row: 32 octets. */
  readonly link: Buffer;
  /** What proves the number and the link: 32 octets. */
  readonly head: Buffer;
}

/** A chain as it stands in the store. */
export interface Chain extends ChainHead {
  /** Milliseconds since 1970 UTC. */
  readonly createdAt: number;
  /** The number of the last row that was purged, its link and what proves both; 0 and null before a purge. */
  readonly purgedSeq: number;
  readonly purgedLink: Buffer | null;
  readonly purged: Buffer | null;
}

/** What the first row of a chain is linked to. */
export const noLink: Buffer = Buffer.alloc(32);

/** Columns that a link does not cover: the store numbers rows itself, anew when they are imported. */
const uncovered = new Set(['id', 'link']);

/**
 * The link of a row: HMAC-SHA-256 (RFC 2104) under the store's key of digests, over the link before and every column of the row that is not null, by
 * name. A column that is added later is null in old rows and breaks none of their links.
 * @param row with its chain and its number in it
 */
export function linkOf(seal: Seal, before: Buffer, row: Row): Buffer {
  const names = Object.keys(row).filter((name) => !uncovered.has(name));
  return linkOver(
    seal,
    before,
    names.toSorted().map((name) => [name, row[name] ?? null]),
  );
}

/** The same over columns that are in the order of their names, without those that no link covers. */
export function linkOver(seal: Seal, before: Buffer, columns: readonly (readonly [string, SqlValue])[]): Buffer {
  const covered: [string, SqlValue][] = [];
  for (const [name, value] of columns)
    if (value !== null) covered.push([name, Buffer.isBuffer(value) ? value.toString('hex') : value]);
  return seal.digest(Buffer.concat([before, Buffer.from(JSON.stringify(covered))]), 'audit-link');
}

/** Proves how far a chain has come: who removes its last rows and lacks the key can't make the one of an earlier row. */
export function proofOfHead(seal: Seal, { id, node, seq, link }: Omit<ChainHead, 'head'>): Buffer {
  return seal.digest(Buffer.from(JSON.stringify([id, node, seq, link.toString('hex')])), 'audit-head');
}

/** Proves how far a chain was purged. @param link of the last row that was */
export function proofOfPurge(seal: Seal, id: number, seq: number, link: Buffer): Buffer {
  return seal.digest(Buffer.from(JSON.stringify([id, seq, link.toString('hex')])), 'audit-purged');
}

export function isProven(seal: Seal, head: ChainHead): boolean {
  return proofOfHead(seal, head).equals(head.head);
}

/** Whether what a chain says of its purge is what the purge wrote. */
export function isPurgeProven(seal: Seal, { id, purgedSeq, purgedLink, purged }: Chain): boolean {
  if (purgedSeq === 0 && purgedLink === null && purged === null) return true;
  return purgedLink !== null && purged !== null && proofOfPurge(seal, id, purgedSeq, purgedLink).equals(purged);
}

/** Which row the first that was kept is linked to. */
export function startOf({ purgedSeq, purgedLink }: Chain): { readonly seq: number; readonly link: Buffer } {
  return { seq: purgedSeq, link: purgedLink ?? noLink };
}

/** @returns undefined if it is none: somebody has put other kinds of values into the store */
export function chainOf(row: Row): Chain | undefined {
  try {
    return readColumns(row);
  } catch (error) {
    if (error instanceof TypeError) return undefined;
    throw error;
  }
}

function readColumns(row: Row): Chain {
  return {
    id: integer(row, 'id'),
    node: text(row, 'node'),
    createdAt: integer(row, 'created_at'),
    seq: integer(row, 'seq'),
    link: octets(row, 'link'),
    head: octets(row, 'head'),
    purgedSeq: integer(row, 'purged_seq'),
    purgedLink: octetsOrNull(row, 'purged_link'),
    purged: octetsOrNull(row, 'purged'),
  };
}

/** A chain's name for people and files: 12 hexadecimal digits. */
export function chainName(id: number): string {
  return id.toString(16).padStart(12, '0');
}

/** @returns undefined if there is none, or none that can be read */
export async function readChain(sql: Sql, id: number): Promise<Chain | undefined> {
  const row = await sql.get('SELECT * FROM audit_chains WHERE id = ?', id);
  return row && chainOf(row);
}
