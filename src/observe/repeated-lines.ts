import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import type { Logger } from './logger.ts';

/** One line of a kind at most so often, in milliseconds. */
const lineEvery = 60_000;
/** Kinds told apart at most; beyond, all others share one line. */
const max = 1_000;

type Fields = Readonly<Record<string, string>>;

interface Counted {
  readonly fields: Fields;
  readonly more: string;
  suppressed: number;
}

/** Warns of what anybody can cause, without letting a flood fill the log: the first of a kind at once, the rest as a count a minute later. */
export class RepeatedLines {
  readonly #counts: ExpiringCache<Counted>;
  readonly #logger: Logger;
  readonly #others: string;
  #uncounted = 0;
  readonly #sweeper: NodeJS.Timeout;

  /** @param others the words for what came of too many kinds */
  constructor(logger: Logger, clock: Clock, others: string) {
    this.#logger = logger;
    this.#others = others;
    this.#counts = new ExpiringCache({ max, lifetime: lineEvery, clock, onExpired: (counted) => this.#tell(counted) });
    this.#sweeper = setInterval(() => this.#sweep(), 1_000).unref();
  }

  /** @param kind what is of one kind counts together @param more the words for those that were counted */
  warn(kind: string, fields: Fields, words: string, more: string): void {
    const counted = this.#counts.get(kind);
    if (counted) counted.suppressed++;
    else if (this.#counts.set(kind, { fields, more, suppressed: 0 })) this.#logger.warn(fields, words);
    else this.#uncounted++;
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  #tell({ fields, more, suppressed }: Counted): void {
    if (suppressed > 0) this.#logger.warn({ ...fields, count: suppressed }, more);
  }

  #sweep(): void {
    this.#counts.sweep();
    if (this.#uncounted === 0 || this.#counts.size >= max) return;
    this.#logger.warn({ count: this.#uncounted }, this.#others);
    this.#uncounted = 0;
  }
}
