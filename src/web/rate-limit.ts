import { isIPv6 } from 'node:net';
import ipaddr from 'ipaddr.js';
import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';

export interface RateLimitOptions {
  /** Requests that one address may make in a minute. */
  readonly perMinute: number;
  /** Addresses counted at most; those beyond share one count, of ten times as many requests. */
  readonly max: number;
  readonly clock: Clock;
}

const minute = 60_000;
const others = '*';

/** Counts the requests of each address by the minute. An IPv6 host has a whole /64 (RFC 4291 §2.5.4), so that is what is counted. */
export class RateLimit {
  readonly #counts: ExpiringCache<number>;
  readonly #perMinute: number;
  readonly #rest: ExpiringCache<number>;

  constructor({ perMinute, max, clock }: RateLimitOptions) {
    this.#perMinute = perMinute;
    this.#counts = new ExpiringCache({ max, lifetime: minute, clock });
    this.#rest = new ExpiringCache({ max: 1, lifetime: minute, clock });
  }

  /** Whether one more request of this address may be answered. @param address canonical */
  take(address: string): boolean {
    const key = isIPv6(address) ? networkOf(address) : address;
    const count = add(this.#counts, key);
    if (count !== undefined) return count <= this.#perMinute;
    return (add(this.#rest, others) ?? 0) <= this.#perMinute * 10;
  }
}

/** @returns the count with this one; undefined if there is no room for another key */
function add(counts: ExpiringCache<number>, key: string): number | undefined {
  const before = counts.get(key);
  if (before === undefined) return counts.set(key, 1) ? 1 : undefined;
  counts.replace(key, before + 1);
  return before + 1;
}

function networkOf(address: string): string {
  return ipaddr.IPv6.networkAddressFromCIDR(`${address}/64`).toString();
}
