import { deflateRawSync, inflateRawSync } from 'node:zlib';

/** Characters of a piece before it is compressed, about. */
const pieceSize = 64 * 1024;

/**
 * Rows on their way into one transaction: JSON, compressed in pieces. A hundred thousand objects, copied to the store's thread,
 * would take ten times the memory and more.
 */
export class RowPacker {
  readonly #pieces: Buffer[] = [];
  #lines: string[] = [];
  #length = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  add(row: object): void {
    const line = JSON.stringify(row);
    this.#lines.push(line);
    this.#length += line.length;
    this.#count++;
    if (this.#length >= pieceSize) this.#cut();
  }

  /** What was added, for unpackRows. */
  pieces(): readonly Buffer[] {
    if (this.#length > 0) this.#cut();
    return this.#pieces;
  }

  #cut(): void {
    const piece = deflateRawSync(`[${this.#lines.join(',')}]`, { level: 1 });
    // In memory of its own size: what zlib gives is a part of a larger block, all of which would be kept, and copied to the store's thread.
    this.#pieces.push(Buffer.from(Uint8Array.from(piece).buffer));
    this.#lines = [];
    this.#length = 0;
  }
}

/** The rows that a RowPacker packed, so many at a time. */
export function* unpackRows<PackedRow extends object>(
  pieces: readonly Buffer[],
  atOnce: number,
): Generator<readonly PackedRow[], void, undefined> {
  let rows: PackedRow[] = [];
  for (const piece of pieces)
    for (const row of JSON.parse(inflateRawSync(piece).toString('utf8')) as PackedRow[]) {
      rows.push(row);
      if (rows.length < atOnce) continue;
      yield rows;
      rows = [];
    }
  if (rows.length > 0) yield rows;
}
