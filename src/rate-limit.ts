import type { Clock } from './clock.ts';
import { ExpiringCache } from './expiring-cache.ts';
import { hostOf } from './nas/address.ts';

export interface RateLimitOptions {
  readonly clock: Clock;
  /** Requests of one address in a window. */
  readonly most: number;
  /** In milliseconds. */
  readonly window: number;
  /** Addresses remembered; when they are more, those that are new are let in: the tokens are no less secret for it. */
  readonly addresses: number;
}

/** Bounds what one host may ask. */
export class RateLimit {
  readonly #counts: ExpiringCache<{ count: number }>;
  readonly #most: number;

  constructor({ clock, most, window, addresses }: RateLimitOptions) {
    this.#most = most;
    this.#counts = new ExpiringCache({ clock, lifetime: window, max: addresses });
  }

  /** @param address canonical @returns false if it is too much */
  admits(address: string): boolean {
    const key = hostOf(address);
    const known = this.#counts.get(key);
    if (known) return ++known.count <= this.#most;
    this.#counts.set(key, { count: 1 });
    return true;
  }

  /** What was admitted last does not count after all. */
  giveBack(address: string): void {
    const known = this.#counts.get(hostOf(address));
    if (known) known.count--;
  }
}
