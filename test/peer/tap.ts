import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import type { Peer } from './udp-client.ts';

/** Sees every octet between two RADIUS programs: it stands at a port of its own and hands on what comes, both ways. */
export class Tap implements Peer {
  readonly address = '127.0.0.1';
  /** What came for the server, in order. */
  readonly requests: Buffer[] = [];
  /** What the server answered, in order. */
  readonly replies: Buffer[] = [];
  readonly #front: Socket;
  readonly #target: Peer;
  /** For each port that asks, one that asks for it. */
  readonly #behind = new Map<number, Socket>();

  private constructor(front: Socket, target: Peer) {
    this.#front = front;
    this.#target = target;
    front.unref();
    front.on('message', (bytes, { port }) => {
      this.requests.push(bytes);
      this.#socketFor(port).send(bytes, this.#target.port, this.#target.address);
    });
  }

  static async open(target: Peer): Promise<Tap> {
    const front = createSocket('udp4');
    front.bind(0, '127.0.0.1');
    await once(front, 'listening');
    return new Tap(front, target);
  }

  get port(): number {
    return this.#front.address().port;
  }

  close(): void {
    this.#front.close();
    for (const socket of this.#behind.values()) socket.close();
  }

  #socketFor(port: number): Socket {
    const known = this.#behind.get(port);
    if (known) return known;
    const socket = createSocket('udp4');
    socket.unref();
    socket.on('message', (bytes) => {
      this.replies.push(bytes);
      this.#front.send(bytes, port, this.address);
    });
    this.#behind.set(port, socket);
    return socket;
  }
}
