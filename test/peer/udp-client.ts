import { createSocket } from 'node:dgram';
import type { Socket } from 'node:dgram';
import { once } from 'node:events';
import { isIPv6 } from 'node:net';
import { within } from './deadline.ts';
import { Code, statusServer, verifyReply } from './packet-bytes.ts';

export interface Peer {
  readonly address: string;
  readonly port: number;
}

export interface Datagram {
  readonly bytes: Buffer;
  readonly from: Peer;
}

/** A UDP socket on loopback that speaks in raw bytes: a NAS, or a home server that does as the test says. */
export class UdpClient {
  readonly #socket: Socket;
  readonly #unread: Datagram[] = [];
  #reader: ((datagram: Datagram) => void) | undefined;
  #statusIdentifier = 255;

  private constructor(socket: Socket) {
    this.#socket = socket;
    // One that a failed test leaves open must not keep the run from ending.
    socket.unref();
    socket.on('message', (bytes, { address, port }) => {
      const datagram = { bytes, from: { address, port } };
      const reader = this.#reader;
      this.#reader = undefined;
      if (reader === undefined) this.#unread.push(datagram);
      else reader(datagram);
    });
    // A closed port of the peer comes back as an error of the socket on some systems; the missing answer is what tests see.
    socket.on('error', () => undefined);
  }

  /** Binds a free port, or `port`, of a loopback address. */
  static async open(address = '127.0.0.1', port = 0): Promise<UdpClient> {
    const socket = createSocket(isIPv6(address) ? 'udp6' : 'udp4');
    socket.bind(port, address);
    await once(socket, 'listening');
    return new UdpClient(socket);
  }

  get address(): string {
    return this.#socket.address().address;
  }

  get port(): number {
    return this.#socket.address().port;
  }

  /** Datagrams that came and were not read. */
  get unread(): number {
    return this.#unread.length;
  }

  /** Settles when the datagram has been handed to the system. */
  send(bytes: Buffer, to: Peer): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#socket.send(bytes, to.port, to.address, (error) => (error === null ? resolve() : reject(error)));
    });
  }

  /** The next datagram, in the order of arrival; rejects when none comes within `milliseconds`. */
  async next(milliseconds = 5_000): Promise<Datagram> {
    const waiting = this.#unread.shift();
    if (waiting !== undefined) return waiting;
    if (this.#reader !== undefined) throw new Error('somebody reads this socket already');
    try {
      return await within(
        milliseconds,
        `a datagram at port ${this.port}`,
        new Promise<Datagram>((resolve) => (this.#reader = resolve)),
      );
    } finally {
      this.#reader = undefined;
    }
  }

  /** Sends a datagram and returns the bytes of the next that comes. */
  async exchange(bytes: Buffer, to: Peer, milliseconds?: number): Promise<Buffer> {
    await this.send(bytes, to);
    const { bytes: answer } = await this.next(milliseconds);
    return answer;
  }

  /**
   * Proves that what this socket sent before stays unanswered: sends a Status-Server (RFC 5997) behind it, and throws unless
   * exactly that is answered. Its identifiers count down from 255: keep the test's own low.
   */
  async expectSilence(to: Peer, secret: string): Promise<void> {
    const probe = statusServer({ identifier: this.#statusIdentifier--, secret });
    const answer = await this.exchange(probe, to);
    if (answer[1] !== probe[1]) throw new Error(`expected silence, got ${answer.toString('hex')}`);
    const { code } = verifyReply(answer, probe, secret);
    if (code !== Code.accessAccept) throw new Error(`Status-Server was answered with code ${code}`);
    if (this.unread > 0) throw new Error(`expected silence, got ${this.unread} more datagrams`);
  }

  async close(): Promise<void> {
    const end = once(this.#socket, 'close');
    this.#socket.close();
    await end;
  }
}
