import type { Peer } from '../../src/transport/udp.ts';
import { Journal } from '../peer/journal.ts';

/** A device's source address and port without a socket: what radgate sends to it is kept. */
export class FakePeer implements Peer {
  readonly address: string;
  readonly port: number;
  readonly socket: string;
  readonly replies = new Journal<Buffer>();
  #read = 0;

  constructor(own: { readonly address?: string; readonly port?: number; readonly socket?: string } = {}) {
    const { address = '192.0.2.10', port = 40_000, socket = '192.0.2.1:1812' } = own;
    this.address = address;
    this.port = port;
    this.socket = socket;
  }

  readonly send = (datagram: Buffer): void => this.replies.add(Buffer.from(datagram));

  /** The next reply, in the order of arrival. */
  async next(): Promise<Buffer> {
    const wanted = ++this.#read;
    await this.replies.waitFor(() => this.replies.entries.length >= wanted, 'a reply');
    const reply = this.replies.entries[wanted - 1];
    if (!reply) throw new Error('no reply');
    return reply;
  }

  /** Replies that came and were not read. */
  get unread(): number {
    return this.replies.entries.length - this.#read;
  }
}
