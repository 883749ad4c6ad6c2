import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from './clock.ts';
import { ExpiringCache } from './expiring-cache.ts';

export interface RateLimitOptions {
  readonly clock: Clock;
  /** Requests of one address in a window. */
  readonly most: number;
  /** In milliseconds. */
  readonly window: number;
  /** Addresses remembered; when they are more, those that are new are let in: the tokens are no less secret for it. */
  readonly addresses: number;
}

/** Bounds what one address may ask; an IPv6 host has a whole /64 to ask from (RFC 4291 §2.5.4), which counts as one. */
export class RateLimit {
  readonly #counts: ExpiringCache<{ count: number }>;
  readonly #most: number;

  constructor({ clock, most, window, addresses }: RateLimitOptions) {
    this.#most = most;
    this.#counts = new ExpiringCache({ clock, lifetime: window, max: addresses });
  }

  /** @param address canonical @returns false if it is too much */
  admits(address: string): boolean {
    const key = keyOf(address);
    const known = this.#counts.get(key);
    if (known) return ++known.count <= this.#most;
    this.#counts.set(key, { count: 1 });
    return true;
  }

  /** What was admitted last does not count after all. */
  giveBack(address: string): void {
    const known = this.#counts.get(keyOf(address));
    if (known) known.count--;
  }
}

function keyOf(address: string): string {
  return isIPv6(address) ? subnetOf(address) : address;
}

function subnetOf(address: string): string {
  const [withoutZone = address] = address.split('%');
  return ipaddr.IPv6.networkAddressFromCIDR(`${withoutZone}/64`).toString();
}
