import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { Tally } from '../figures/tally.ts';
import type { Logger } from './logger.ts';

/** A line for one source and reason at most so often, in milliseconds. */
const lineEvery = 60_000;
/** Sources and reasons told apart at most; beyond, all others share one line. */
const max = 1_000;

/** What an alert is about is counted from 0 on. */
const alerted = ['unknown-client', 'message-authenticator-wrong', 'overloaded', 'upstream-reply-refused'];

type DropTold = (address: string, reason: string, explain: string) => void;

interface Counted {
  readonly address: string;
  readonly reason: string;
  readonly explain: string;
  suppressed: number;
}

/** Tells what was dropped and why without letting a flood fill the log: the first at once, the rest as a count a minute later. */
export class DropLog {
  /** All that was dropped, by reason. */
  readonly dropped = new Tally(['reason']);
  readonly #counts: ExpiringCache<Counted>;
  readonly #logger: Logger;
  readonly #onDrop: DropTold;
  #others = 0;
  readonly #sweeper: NodeJS.Timeout;

  /** @param onDrop told of each */
  constructor(logger: Logger, clock: Clock, onDrop: DropTold = () => undefined) {
    this.#logger = logger;
    this.#onDrop = onDrop;
    for (const reason of alerted) this.dropped.declare(reason);
    this.#counts = new ExpiringCache({ max, lifetime: lineEvery, clock, onExpired: (counted) => this.#tell(counted) });
    this.#sweeper = setInterval(() => this.#sweep(), 1_000).unref();
  }

  /** @param address whose packet it was @param reason one of a closed list @param explain what an administrator can do about it */
  drop(address: string, reason: string, explain: string): void {
    this.dropped.add(reason);
    this.#onDrop(address, reason, explain);
    const key = `${address} ${reason}`;
    const counted = this.#counts.get(key);
    if (counted) counted.suppressed++;
    else if (this.#counts.set(key, { address, reason, explain, suppressed: 0 }))
      this.#logger.warn({ address, reason }, `dropped a packet: ${explain}`);
    else this.#others++;
  }

  close(): void {
    clearInterval(this.#sweeper);
  }

  #tell({ address, reason, explain, suppressed }: Counted): void {
    if (suppressed > 0)
      this.#logger.warn({ address, reason, count: suppressed }, `dropped more of the same: ${explain}`);
  }

  #sweep(): void {
    this.#counts.sweep();
    if (this.#others === 0 || this.#counts.size >= max) return;
    this.#logger.warn({ count: this.#others }, 'dropped packets from many other addresses');
    this.#others = 0;
  }
}
