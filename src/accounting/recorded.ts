import type { Clock } from '../clock.ts';
import { StoreError, type Store } from '../store/store.ts';
import type { Accounting, AccountingReport } from './accounting.ts';
import { purgedAtOnce, purgeSessions, recordSession } from './record.ts';
import { readSession } from './session.ts';

export interface RecordedAccountingOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** How long reports are kept, in milliseconds. */
  readonly keep: number;
  /** Told if old ones could not be removed. */
  readonly onTrouble: (error: unknown) => void;
}

const purgeEvery = 600_000;

/** radgate's own store as accounting server. */
export class RecordedAccounting implements Accounting {
  readonly #options: RecordedAccountingOptions;
  readonly #purger: NodeJS.Timeout;

  constructor(options: RecordedAccountingOptions) {
    this.#options = options;
    const purge = (): void => void this.purge().catch(options.onTrouble);
    this.#purger = setInterval(purge, purgeEvery).unref();
  }

  async keep({ nas, address, packet }: AccountingReport): Promise<string | undefined> {
    const { store, clock } = this.#options;
    const session = readSession(packet);
    try {
      await store.run(recordSession, { at: clock.wall(), client: nas.name, clientAddress: address, session });
      return undefined;
    } catch (error) {
      if (error instanceof StoreError) return error.message;
      throw error;
    }
  }

  /** Removes what is older than it is to be kept. A timer does it every ten minutes. @throws StoreError */
  async purge(): Promise<void> {
    const { store, clock, keep } = this.#options;
    const before = clock.wall() - keep;
    let removed: number;
    do removed = await store.run(purgeSessions, before);
    while (removed === purgedAtOnce);
  }

  async close(): Promise<void> {
    clearInterval(this.#purger);
  }
}
