import { sameValue } from './config/same.ts';

interface Held<T> {
  readonly settings: unknown;
  readonly part: T;
  users: number;
}

/**
 * Parts that outlive the config that they were made from, as long as the next one has the same settings: what they have learned (which server
 * is dead) is kept. A part is closed once nobody uses it.
 */
export class SharedParts<T> {
  readonly #held: Held<T>[] = [];
  readonly #close: (part: T) => Promise<void>;

  constructor(close: (part: T) => Promise<void>) {
    this.#close = close;
  }

  /** Parts that are in use. */
  get size(): number {
    return this.#held.length;
  }

  /** The part with these settings, made if there is none. Each take needs a release. @throws what `make` throws */
  take(settings: unknown, make: () => T): T {
    let held = this.#held.find((one) => sameValue(one.settings, settings));
    if (!held) {
      held = { settings, part: make(), users: 0 };
      this.#held.push(held);
    }
    held.users++;
    return held.part;
  }

  async release(part: T): Promise<void> {
    const index = this.#held.findIndex((one) => one.part === part);
    const held = this.#held[index];
    if (!held || --held.users > 0) return;
    this.#held.splice(index, 1);
    await this.#close(part);
  }
}
