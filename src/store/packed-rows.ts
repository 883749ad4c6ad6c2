/** Octets of a piece, about. */
const pieceSize = 64 * 1024;

/**
 * Rows on their way into one transaction: JSON, a line each, in a few large pieces. A hundred thousand objects, copied to the store's thread,
 * would take several times the memory.
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
    const line = `${JSON.stringify(row)}\n`;
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
    this.#pieces.push(Buffer.from(this.#lines.join('')));
    this.#lines = [];
    this.#length = 0;
  }
}

/** The rows that a RowPacker packed, so many at a time. */
export function* unpackRows<PackedRow extends object>(
  pieces: readonly Buffer[],
  atOnce: number,
): Generator<PackedRow[], void, undefined> {
  let rows: PackedRow[] = [];
  for (const piece of pieces)
    for (const line of piece.toString('utf8').split('\n')) {
      if (line !== '') rows.push(JSON.parse(line) as PackedRow);
      if (rows.length < atOnce) continue;
      yield rows;
      rows = [];
    }
  if (rows.length > 0) yield rows;
}
