import NodeCache from 'node-cache';
import type { Clock } from './clock.ts';

interface Held<T> {
  readonly value: T;
  /** On the monotonic clock; infinite while the entry is held until it is set again. */
  readonly expires: number;
}

export interface ExpiringCacheOptions<T> {
  /** Entries held at most; a new key beyond is refused. */
  readonly max: number;
  /** How long an entry lives after it was last set, in milliseconds. */
  readonly lifetime: number;
  readonly clock: Clock;
  /** Told of each entry that reached its end, not of those deleted. */
  readonly onExpired?: (value: T) => void;
}

/**
 * A bounded map whose entries end: the only user of node-cache. node-cache measures with the wall clock, which steps, so its own expiry
 * stays off and entries end by the monotonic clock. Holds only what may be lost.
 */
export class ExpiringCache<T> {
  readonly #entries: NodeCache;
  readonly #options: ExpiringCacheOptions<T>;
  /** When each key ends, soonest first: with one lifetime for all that is the order in which they were set. */
  readonly #ends = new Map<string, number>();

  constructor(options: ExpiringCacheOptions<T>) {
    this.#options = options;
    this.#entries = new NodeCache({ stdTTL: 0, checkperiod: 0, useClones: false, maxKeys: options.max });
  }

  get size(): number {
    return this.#entries.getStats().keys;
  }

  get(key: string): T | undefined {
    const held = this.#entries.get<Held<T>>(prefixed(key));
    return held !== undefined && held.expires > this.#options.clock.monotonic() ? held.value : undefined;
  }

  /** Sets an entry that lives for the lifetime from now. @returns false if it is new and the cache is full */
  set(key: string, value: T): boolean {
    const now = this.#options.clock.monotonic();
    this.#sweep(now);
    const expires = now + this.#options.lifetime;
    if (!this.#put(key, { value, expires })) return false;
    this.#ends.delete(key);
    this.#ends.set(key, expires);
    return true;
  }

  /** Sets an entry that stays until it is set or deleted. @returns false if it is new and the cache is full */
  hold(key: string, value: T): boolean {
    this.#sweep(this.#options.clock.monotonic());
    this.#ends.delete(key);
    return this.#put(key, { value, expires: Infinity });
  }

  /** Gives an entry another value, and leaves when it ends as it is. One that is not there stays away. */
  replace(key: string, value: T): void {
    const held = this.#entries.get<Held<T>>(prefixed(key));
    if (held) this.#put(key, { value, expires: held.expires });
  }

  delete(key: string): void {
    this.#ends.delete(key);
    this.#entries.del(prefixed(key));
  }

  /** Removes what has ended. Setting does it too; a timer does it for a cache that nobody sets. */
  sweep(): void {
    this.#sweep(this.#options.clock.monotonic());
  }

  #put(key: string, held: Held<T>): boolean {
    const name = prefixed(key);
    // node-cache throws when it is full, even for a key it has.
    if (this.size >= this.#options.max) {
      if (!this.#entries.has(name)) return false;
      this.#entries.del(name);
    }
    return this.#entries.set(name, held);
  }

  #sweep(now: number): void {
    for (const [key, expires] of this.#ends) {
      if (expires > now) return;
      const held = this.#entries.get<Held<T>>(prefixed(key));
      this.delete(key);
      if (held) this.#options.onExpired?.(held.value);
    }
  }
}

/** node-cache keeps its entries in a plain object, on which "constructor" is always there. */
function prefixed(key: string): string {
  return `:${key}`;
}
