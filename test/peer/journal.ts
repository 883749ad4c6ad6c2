import { within } from './deadline.ts';

/** What a process has said so far, in order, for tests that wait on an event instead of on the clock. */
export class Journal<T> {
  readonly entries: T[] = [];
  readonly #listeners = new Set<() => void>();
  #ended: string | undefined;

  add(entry: T): void {
    this.entries.push(entry);
    this.#wake();
  }

  /** No more entries will come: whoever still waits is told `reason`. */
  end(reason: string): void {
    this.#ended = reason;
    this.#wake();
  }

  /**
   * The first entry, of those there are and those to come, that satisfies `match`.
   * Rejects when the journal ends without one, or after `milliseconds`.
   */
  async waitFor(match: (entry: T) => boolean, what: string, milliseconds = 10_000): Promise<T> {
    let listener = (): void => undefined;
    let read = 0;
    const found = new Promise<T>((resolve, reject) => {
      listener = () => {
        while (read < this.entries.length) {
          const entry = this.entries[read++] as T;
          if (match(entry)) return resolve(entry);
        }
        if (this.#ended !== undefined) reject(new Error(`${this.#ended} before ${what}`));
      };
    });
    this.#listeners.add(listener);
    listener();
    try {
      return await within(milliseconds, what, found);
    } finally {
      this.#listeners.delete(listener);
    }
  }

  #wake(): void {
    for (const listener of this.#listeners) listener();
  }
}
