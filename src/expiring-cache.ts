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

/** A bounded map whose entries end, by the monotonic clock: the wall clock steps. Holds only what may be lost. */
export class ExpiringCache<T> {
  readonly #options: ExpiringCacheOptions<T>;
  /** Those that end, soonest first: with one lifetime for all that is the order in which they were set. */
  readonly #ending = new Map<string, Held<T>>();
  /** Those that stay until they are set or deleted. */
  readonly #staying = new Map<string, Held<T>>();

  constructor(options: ExpiringCacheOptions<T>) {
    this.#options = options;
  }

  get size(): number {
    return this.#ending.size + this.#staying.size;
  }

  get(key: string): T | undefined {
    const held = this.#held(key);
    return held !== undefined && held.expires > this.#options.clock.monotonic() ? held.value : undefined;
  }

  /** Sets an entry that lives for the lifetime from now. @returns false if it is new and the cache is full */
  set(key: string, value: T): boolean {
    const now = this.#options.clock.monotonic();
    if (!this.#makeRoom(key, now)) return false;
    this.#ending.set(key, { value, expires: now + this.#options.lifetime });
    return true;
  }

  /** Sets an entry that stays until it is set or deleted. @returns false if it is new and the cache is full */
  hold(key: string, value: T): boolean {
    if (!this.#makeRoom(key, this.#options.clock.monotonic())) return false;
    this.#staying.set(key, { value, expires: Infinity });
    return true;
  }

  /** Gives an entry another value, and leaves when it ends as it is. One that is not there stays away. */
  replace(key: string, value: T): void {
    const held = this.#held(key);
    if (!held) return;
    const entries = held.expires === Infinity ? this.#staying : this.#ending;
    entries.set(key, { value, expires: held.expires });
  }

  delete(key: string): void {
    if (!this.#ending.delete(key)) this.#staying.delete(key);
  }

  /** Removes what has ended. Setting does it too; a timer does it for a cache that nobody sets. */
  sweep(): void {
    this.#sweep(this.#options.clock.monotonic());
  }

  #held(key: string): Held<T> | undefined {
    return this.#ending.get(key) ?? this.#staying.get(key);
  }

  /** Takes the entry of a key away, so that it is set anew as the last. @returns false if there was none and there is no room for one */
  #makeRoom(key: string, now: number): boolean {
    this.#sweep(now);
    if (this.size >= this.#options.max && !this.#held(key)) return false;
    this.delete(key);
    return true;
  }

  #sweep(now: number): void {
    for (const [key, { value, expires }] of this.#ending) {
      if (expires > now) return;
      this.#ending.delete(key);
      this.#options.onExpired?.(value);
    }
  }
}
