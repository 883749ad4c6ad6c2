import type { Clock } from '../clock.ts';
import { Tally } from '../figures/tally.ts';
import { Timings } from '../figures/timings.ts';
import { StoreError, type Store, type Transaction } from './store.ts';

type Access = Transaction<unknown, unknown>['access'];

/** A store, and how it does: counted beside the transactions, none of which waits for it. */
export class WatchedStore implements Store {
  /** Transactions by what they are and what became of them: `committed`, `failed` if the store could not, `refused` by a rule of their own. */
  readonly transactions = new Tally(['access', 'result']);
  /** From asking to the answer, waits for others included. */
  readonly took: Readonly<Record<Access, Timings>> = {
    read: new Timings(),
    write: new Timings(),
  };
  readonly #store: Store;
  readonly #clock: Clock;
  #pending = 0;
  /** Since when it owes an answer and has given none, on the monotonic clock, in milliseconds. */
  #silentSince = 0;
  #trouble: { readonly since: number; readonly why: string } | undefined;

  constructor(store: Store, clock: Clock) {
    this.#store = store;
    this.#clock = clock;
  }

  /** Transactions under way. */
  get pending(): number {
    return this.#pending;
  }

  /** What the store said when it last could not, and since when on the monotonic clock, in milliseconds; undefined once it has written again. */
  get trouble(): { readonly since: number; readonly why: string } | undefined {
    return this.#trouble;
  }

  /** For how long it has owed answers and given none, in milliseconds. */
  get silentFor(): number {
    return this.#pending === 0 ? 0 : this.#clock.monotonic() - this.#silentSince;
  }

  run<Input, Output>(transaction: Transaction<Input, Output>, input: Input): Promise<Output> {
    const { access } = transaction;
    const began = this.#clock.monotonic();
    if (this.#pending++ === 0) this.#silentSince = began;
    const running = this.#store.run(transaction, input);
    running.then(
      () => this.#ended(access, began, undefined),
      (error: unknown) => this.#ended(access, began, error),
    );
    return running;
  }

  close(): Promise<void> {
    return this.#store.close();
  }

  #ended(access: Access, began: number, error: unknown): void {
    const now = this.#clock.monotonic();
    const result = error === undefined ? 'committed' : error instanceof StoreError ? 'failed' : 'refused';
    this.#pending--;
    this.#silentSince = now;
    this.transactions.add(access, result);
    this.took[access].add(now - began);
    if (error instanceof StoreError) this.#trouble = { since: this.#trouble?.since ?? now, why: error.message };
    // A store that is locked can be read all the same.
    else if (result === 'committed' && access === 'write') this.#trouble = undefined;
  }
}
