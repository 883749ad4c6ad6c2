import type { TokenRow } from '../token-row.ts';

/** Holds one row back, so that what comes after it in the file can still be noted on it. */
export class HeldRow {
  #row: TokenRow | undefined;
  /** Before any row: for the first one. */
  #early: string[] = [];

  /** Notes that no row has taken. */
  get leftOver(): readonly string[] {
    return this.#early;
  }

  /** Notes something on the row that is held, else on the next. */
  note(text: string): void {
    if (this.#row) this.#row = { ...this.#row, notes: [...this.#row.notes, text] };
    else this.#early.push(text);
  }

  /** Holds a row, and gives the one held until now. */
  *swap(row: TokenRow): Generator<TokenRow, void, undefined> {
    yield* this.release();
    this.#row = this.#early.length === 0 ? row : { ...row, notes: [...row.notes, ...this.#early] };
    this.#early = [];
  }

  /** Gives the row that is held. */
  *release(): Generator<TokenRow, void, undefined> {
    if (this.#row) yield this.#row;
    this.#row = undefined;
  }
}
