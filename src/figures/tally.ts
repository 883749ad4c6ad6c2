/** One count and what it is of, the values in the order of the labels. */
export interface Counted {
  readonly values: readonly string[];
  readonly count: number;
}

/** Kinds told apart at most; beyond, all others are counted as one, with this in place of each value. */
const max = 5_000;
const other = 'other';
/** In no name: names are printable. */
const separator = '\u0000';

/**
 * Counts by kind, such as requests by client and code: a number in a Map each, read when somebody asks. Values come from closed lists and from the
 * config, never from a packet.
 */
export class Tally {
  /** What a kind is told by. */
  readonly labels: readonly string[];
  readonly #counts = new Map<string, number>();
  readonly #others: string;

  /** @param labels at least one */
  constructor(labels: readonly string[]) {
    this.labels = labels;
    this.#others = labels.map(() => other).join(separator);
  }

  /** One more of the kind that has these values, in the order of the labels. */
  add(...values: readonly string[]): void {
    const key = values.length === 1 ? (values[0] ?? other) : values.join(separator);
    const count = this.#counts.get(key);
    if (count !== undefined) this.#counts.set(key, count + 1);
    else if (this.#counts.size < max) this.#counts.set(key, 1);
    else this.#counts.set(this.#others, (this.#counts.get(this.#others) ?? 0) + 1);
  }

  /** Has a kind counted from 0 on: a rise from nothing is seen by nobody, as nothing is no number. */
  declare(...values: readonly string[]): void {
    const key = values.join(separator);
    if (!this.#counts.has(key) && this.#counts.size < max) this.#counts.set(key, 0);
  }

  /** How many of one kind. */
  of(...values: readonly string[]): number {
    return this.#counts.get(values.join(separator)) ?? 0;
  }

  /** Every kind that was declared, or that there was one of. */
  counted(): readonly Counted[] {
    return Array.from(this.#counts, ([key, count]) => ({ values: key.split(separator), count }));
  }
}
