/** Work smaller than this shows no bar. */
const least = 1_000;
/** Columns between its brackets. */
const width = 40;

/** A bar on standard error, where that is a terminal, that tells how far a long piece of work is. */
export class ProgressBar {
  readonly #what: string;
  readonly #total: number;
  readonly #shown: boolean;
  #percent = -1;

  /** @param what such as "Reading" @param total rows in all, or about so many */
  constructor(what: string, total: number) {
    this.#what = what;
    this.#total = total;
    this.#shown = process.stderr.isTTY && total > least;
  }

  /** @param done rows so far */
  update(done: number): void {
    const percent = Math.min(100, Math.floor((100 * done) / this.#total));
    if (!this.#shown || percent === this.#percent) return;
    this.#percent = percent;
    const bar = '#'.repeat(Math.round((percent * width) / 100)).padEnd(width, '.');
    process.stderr.write(`\r${this.#what} [${bar}] ${String(percent).padStart(3)} %`);
  }

  /** Wipes it away; the next update shows it again. */
  end(): void {
    if (this.#shown) process.stderr.write('\r\u001b[K');
    this.#percent = -1;
  }
}
