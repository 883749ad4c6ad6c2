/** Upper ends of the buckets, in seconds: from a look-up in memory to a wait for an approval. */
export const usualBounds: readonly number[] = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60,
];

/** How many times took how long: a histogram of plain numbers. */
export class Timings {
  /** Ascending, in seconds. */
  readonly bounds: readonly number[];
  /** Of each bucket alone; the last is of what was longer than every bound. */
  readonly #counts: number[];
  #sum = 0;

  constructor(bounds: readonly number[] = usualBounds) {
    this.bounds = bounds;
    this.#counts = Array.from({ length: bounds.length + 1 }, () => 0);
  }

  /** @param milliseconds how long it took */
  add(milliseconds: number): void {
    const seconds = milliseconds / 1000;
    this.#sum += seconds;
    let i = 0;
    while (i < this.bounds.length && seconds > (this.bounds[i] ?? Infinity)) i++;
    this.#counts[i] = (this.#counts[i] ?? 0) + 1;
  }

  /** In seconds. */
  get sum(): number {
    return this.#sum;
  }

  get count(): number {
    return this.#counts.reduce((all, one) => all + one, 0);
  }

  /** For each bound, and for infinity at the end, how many took no longer. */
  cumulative(): readonly number[] {
    let all = 0;
    return this.#counts.map((one) => (all += one));
  }
}
