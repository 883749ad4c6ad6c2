import { StoreError, type Store, type Transaction } from '../../src/store/store.ts';
import { Journal } from '../peer/journal.ts';

/** A store before another: a test can make transactions wait or fail by their name. */
export class GatedStore implements Store {
  readonly #store: () => Store;
  readonly #failing = new Set<string>();
  readonly #gates = new Map<string, Promise<void>>();
  /** The names of the transactions that were asked for. */
  readonly asked = new Journal<string>();
  /** The names of those that were committed. */
  readonly done = new Journal<string>();

  constructor(store: () => Store) {
    this.#store = store;
  }

  async run<Input, Output>(transaction: Transaction<Input, Output>, input: Input): Promise<Output> {
    this.asked.add(transaction.name);
    await this.#gates.get(transaction.name);
    if (this.#failing.has(transaction.name)) throw new StoreError(`${transaction.name} fails on purpose`);
    const output = await this.#store().run(transaction, input);
    this.done.add(transaction.name);
    return output;
  }

  async close(): Promise<void> {}

  fail(...names: readonly string[]): void {
    for (const name of names) this.#failing.add(name);
  }

  mend(): void {
    this.#failing.clear();
  }

  /** Transactions of this name wait. @returns lets them go */
  hold(name: string): () => void {
    let open = (): void => undefined;
    this.#gates.set(name, new Promise((resolve) => (open = resolve)));
    return () => {
      this.#gates.delete(name);
      open();
    };
  }
}
