import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { performance } from 'node:perf_hooks';
import {
  accessRequest,
  Code,
  statusServer,
  Type,
  valuesOfType,
  verifySignedReply,
  type RawPacket,
} from '../peer/packet-bytes.ts';
import type { Peer } from '../peer/udp-client.ts';

/** How a device asks. */
export interface Patience {
  /** Milliseconds that each sending of the same bytes is given. */
  readonly wait: number;
  /** Sendings in all. */
  readonly sends: number;
}

/** What became of a login. `silence` is what a device sees of a server that is down. */
export type Ended = 'accept' | 'reject' | 'challenge' | 'silence';

export interface Reached {
  readonly ended: Ended;
  /** Of the last reply. */
  readonly reply: RawPacket | undefined;
  /** Of each question that was answered, in milliseconds. */
  readonly took: readonly number[];
}

const usual: Patience = { wait: 2_000, sends: 5 };

interface Pending {
  readonly request: Buffer;
  readonly done: (reply: RawPacket | undefined) => void;
}

/** A device on loopback with as many requests under way as it is asked for: it sends the same bytes again until they are answered. */
export class FaultNas {
  readonly #secret: string;
  readonly #to: () => Peer;
  readonly #address: string;
  readonly #sockets: { readonly socket: Socket; readonly pending: (Pending | undefined)[]; next: number }[] = [];
  /** Replies that no request waited for: to a retransmission, or late. */
  surplus = 0;
  /** Replies whose authenticators are wrong. */
  forged = 0;
  /** Datagrams that were sent. */
  sent = 0;

  /** @param to where it sends, looked up anew for each datagram: the server may have moved */
  constructor(secret: string, to: () => Peer, address = '127.0.0.1') {
    this.#secret = secret;
    this.#to = to;
    this.#address = address;
  }

  /** Sends a request until it is answered. @returns undefined if it was not */
  async exchange(make: (identifier: number) => Buffer, patience: Patience = usual): Promise<RawPacket | undefined> {
    const { socket, pending, identifier } = await this.#claim();
    const request = make(identifier);
    return new Promise((resolve) => {
      let sends = 0;
      let timer: NodeJS.Timeout | undefined;
      const done = (reply: RawPacket | undefined): void => {
        clearTimeout(timer);
        pending[identifier] = undefined;
        resolve(reply);
      };
      const send = (): void => {
        if (sends++ >= patience.sends) return done(undefined);
        const { address, port } = this.#to();
        this.sent++;
        socket.send(request, port, address, () => undefined);
        timer = setTimeout(send, patience.wait);
      };
      pending[identifier] = { request, done };
      send();
    });
  }

  /** The first question of a login. */
  ask(user: string, password: string, patience?: Patience): Promise<RawPacket | undefined> {
    const secret = this.#secret;
    return this.exchange((identifier) => accessRequest({ identifier, secret, user, password }), patience);
  }

  /** The answer to a challenge. */
  answer(user: string, challenge: RawPacket, code: string, patience?: Patience): Promise<RawPacket | undefined> {
    const secret = this.#secret;
    const [state] = valuesOfType(challenge, Type.state);
    return this.exchange((identifier) => accessRequest({ identifier, secret, user, password: code, state }), patience);
  }

  /** A whole login: password, and the code where it is asked for. */
  async login(user: string, password: string, code: () => string, patience?: Patience): Promise<Reached> {
    const begun = performance.now();
    const first = await this.ask(user, password, patience);
    const asked = performance.now();
    if (first?.code !== Code.accessChallenge) return reached(first, [asked - begun]);
    const last = await this.answer(user, first, code(), patience);
    return reached(last, [asked - begun, performance.now() - asked]);
  }

  /** Whether a Status-Server (RFC 5997) is answered, and after how many milliseconds. */
  async probe(patience: Patience = { wait: 5_000, sends: 1 }): Promise<number | undefined> {
    const secret = this.#secret;
    const begun = performance.now();
    const reply = await this.exchange((identifier) => statusServer({ identifier, secret }), patience);
    return reply && performance.now() - begun;
  }

  async close(): Promise<void> {
    await Promise.all(
      this.#sockets.map(async ({ socket }) => {
        const end = once(socket, 'close');
        socket.close();
        await end;
      }),
    );
  }

  /** An identifier that no request under way has, on a socket of its own where all 256 are taken. */
  async #claim(): Promise<{ socket: Socket; pending: (Pending | undefined)[]; identifier: number }> {
    for (const one of this.#sockets) {
      // In turn: the server remembers an identifier for some seconds.
      for (let tried = 0; tried < 256; tried++) {
        const identifier = one.next;
        one.next = (identifier + 1) % 256;
        if (!one.pending[identifier]) return { socket: one.socket, pending: one.pending, identifier };
      }
    }
    const socket = createSocket('udp4');
    const pending: (Pending | undefined)[] = [];
    socket.on('message', (bytes) => this.#onReply(bytes, pending));
    // A port that is closed for now comes back as an error on some systems.
    socket.on('error', () => undefined);
    socket.bind(0, this.#address);
    await once(socket, 'listening');
    this.#sockets.push({ socket, pending, next: 1 });
    return { socket, pending, identifier: 0 };
  }

  #onReply(bytes: Buffer, pending: readonly (Pending | undefined)[]): void {
    const waiting = pending[bytes[1] ?? 0];
    if (!waiting) {
      this.surplus++;
      return;
    }
    try {
      waiting.done(verifySignedReply(bytes, waiting.request, this.#secret));
    } catch {
      this.forged++;
    }
  }
}

function reached(reply: RawPacket | undefined, took: readonly number[]): Reached {
  return { ended: endOf(reply), reply, took: reply ? took : [] };
}

/** What a reply means. */
export function endOf(reply: RawPacket | undefined): Ended {
  if (reply?.code === Code.accessAccept) return 'accept';
  if (reply?.code === Code.accessReject) return 'reject';
  return reply?.code === Code.accessChallenge ? 'challenge' : 'silence';
}

/** Runs `many` calls, `width` at a time. */
export async function inParallel<T>(many: number, width: number, work: (index: number) => Promise<T>): Promise<T[]> {
  const results: T[] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    while (next < many) {
      const index = next++;
      results[index] = await work(index);
    }
  };
  await Promise.all(Array.from({ length: Math.min(width, many) }, lane));
  return results;
}
