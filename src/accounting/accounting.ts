import type { UpstreamFigures } from '../figures/upstream.ts';
import type { Nas } from '../nas/nas.ts';
import type { Packet } from '../packet/packet.ts';

/** A verified Accounting-Request, and whose it is. */
export interface AccountingReport {
  readonly nas: Nas;
  /** Source address, canonical. */
  readonly address: string;
  readonly packet: Packet;
  /** Octets of User-Name; empty for those that are of no user. */
  readonly userName: Buffer;
  /** When the NAS gives up, on the monotonic clock, in milliseconds. */
  readonly deadline: number;
}

/** Where what devices report is kept: RFC 2866 §1 has the client ask again until it is. */
export interface Accounting {
  /** @returns undefined once it is kept, and may be answered; else why it is not, for the log */
  readonly keep: (report: AccountingReport) => Promise<string | undefined>;
  /** What is known of its servers; absent if it has none. */
  readonly upstreams?: readonly UpstreamFigures[];
  readonly close: () => Promise<void>;
}
