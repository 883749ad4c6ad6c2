import { readFileSync } from 'node:fs';
import type { TransactionContext } from './store.ts';

/** The clock that ends are told by, and what it shows. */
export interface HostTime {
  /** The boot whose monotonic clock it is. */
  readonly boot: string;
  /** In whole milliseconds. */
  readonly now: number;
}

/** Nodes on several hosts have no monotonic clock in common: they go by the database's. */
export async function timeOf({ sharedNow }: TransactionContext, { boot, now }: HostTime): Promise<HostTime> {
  return sharedNow ? { boot: 'shared', now: await sharedNow() } : { boot, now };
}

/** Names this boot of this host: the monotonic clock starts anew with each. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Elsewhere than on Linux there is no telling: rows of an earlier boot end by their time alone.
    return 'unknown';
  }
}
