import type { Clock } from '../clock.ts';
import { Tally } from '../figures/tally.ts';
import type { Logger } from './logger.ts';
import { RepeatedLines } from './repeated-lines.ts';

/** What an alert is about is counted from 0 on. */
const alerted = ['unknown-client', 'message-authenticator-wrong', 'overloaded', 'upstream-reply-refused'];

type DropTold = (address: string, reason: string, explain: string) => void;

/** Counts what was dropped, and tells why as RepeatedLines does: by address and reason. */
export class DropLog {
  /** All that was dropped, by reason. */
  readonly dropped = new Tally(['reason']);
  readonly #lines: RepeatedLines;
  readonly #onDrop: DropTold;

  /** @param onDrop told of each */
  constructor(logger: Logger, clock: Clock, onDrop: DropTold = () => undefined) {
    this.#onDrop = onDrop;
    for (const reason of alerted) this.dropped.declare(reason);
    this.#lines = new RepeatedLines(logger, clock, 'dropped packets from many other addresses');
  }

  /** @param address whose packet it was @param reason one of a closed list @param explain what an administrator can do about it */
  drop(address: string, reason: string, explain: string): void {
    this.dropped.add(reason);
    this.#onDrop(address, reason, explain);
    this.#lines.warn(
      `${address} ${reason}`,
      { address, reason },
      `dropped a packet: ${explain}`,
      `dropped more of the same: ${explain}`,
    );
  }

  close(): void {
    this.#lines.close();
  }
}
