import { setTimeout as elapsed } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { randomOctets } from '../random.ts';
import type { Store } from '../store/store.ts';
import { notePurge, purgeAudit } from './purge-audit.ts';

export interface RetentionOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** How long rows are kept, in milliseconds. */
  readonly keep: number;
  /** How often it is looked for older ones, in milliseconds. */
  readonly every: number;
  readonly onTrouble: (error: unknown) => void;
}

/** Rows removed in one transaction: logins wait for it, some 10 ms. */
const batch = 200;
/** How long logins have the store for themselves between two, in milliseconds: 2,000 rows a second are removed. */
const pause = 100;

/** Removes rows of the audit that are older than they may be, little by little, beside the logins. */
export class Retention {
  readonly #options: RetentionOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #stopped = new AbortController();
  #running: Promise<void> | undefined;

  constructor(options: RetentionOptions) {
    this.#options = options;
    this.#timer = setInterval(() => this.#begin(), options.every).unref();
    this.#begin();
  }

  /** Ends once what is under way is done. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#stopped.abort();
    await this.#running;
  }

  #begin(): void {
    this.#running ??= this.#purge()
      .catch(this.#options.onTrouble)
      .finally(() => (this.#running = undefined));
  }

  async #purge(): Promise<void> {
    const { store, clock, keep } = this.#options;
    const { signal } = this.#stopped;
    const now = clock.wall();
    const before = now - keep;
    let rows = 0;
    try {
      for (let removed = batch; removed > 0 && !signal.aborted;) {
        removed = await store.run(purgeAudit, { before, now, limit: batch });
        rows += removed;
        // It rejects only if it is aborted, which ends the loop.
        if (removed > 0) await elapsed(pause, undefined, { signal }).catch(() => undefined);
      }
    } finally {
      if (rows > 0) await store.run(notePurge, { id: randomOctets(8).toString('hex'), at: now, before, rows });
    }
  }
}
