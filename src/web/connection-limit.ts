import type { Socket } from 'node:net';
import { canonicalAddress, hostOf } from '../nas/address.ts';

export interface ConnectionLimitOptions {
  /** Connections of one host at a time. */
  readonly most: number;
  /** Whose connections are not counted. */
  readonly isExempt: (address: string) => boolean;
  /** Told of each connection beyond, with the host's address. */
  readonly onRefused: (host: string) => void;
}

/** Lets go of a host's connections beyond so many: a thousand silent ones of one host would keep everyone else out. */
export class ConnectionLimit {
  readonly #options: ConnectionLimitOptions;
  readonly #counts = new Map<string, number>();

  constructor(options: ConnectionLimitOptions) {
    this.#options = options;
  }

  /** Counts a connection until it is closed, or closes it. */
  take(socket: Socket): void {
    const { most, isExempt, onRefused } = this.#options;
    // It is closed already.
    if (socket.remoteAddress === undefined) return;
    const address = canonicalAddress(socket.remoteAddress);
    if (isExempt(address)) return;
    const host = hostOf(address);
    const count = this.#counts.get(host) ?? 0;
    if (count >= most) {
      socket.destroy();
      onRefused(host);
      return;
    }
    this.#counts.set(host, count + 1);
    socket.once('close', () => {
      const left = (this.#counts.get(host) ?? 1) - 1;
      if (left === 0) this.#counts.delete(host);
      else this.#counts.set(host, left);
    });
  }
}
