import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import type { Sink } from './sink.ts';

/** Octets of a datagram, at most: RFC 5426 §3.2 asks receivers for 2,048, and what is longer is cut. */
const longest = 2_048;

/** Syslog over UDP (RFC 5426): a message a datagram. Nobody tells whether one arrived. */
export class UdpSink implements Sink {
  readonly #host: string;
  readonly #port: number;
  #socket: Socket | undefined;

  constructor(host: string, port: number) {
    this.#host = host;
    this.#port = port;
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    const { address, family } = await lookup(this.#host);
    const socket = (this.#socket ??= open(family === 6 ? 'udp6' : 'udp4'));
    for (const message of messages)
      await new Promise<void>((resolve, reject) =>
        socket.send(message.subarray(0, longest), this.#port, address, (error) => (error ? reject(error) : resolve())),
      );
  }

  check(): void {
    // There is no connection.
  }

  close(): void {
    this.#socket?.close();
    this.#socket = undefined;
  }
}

function open(type: 'udp4' | 'udp6'): Socket {
  const socket = createSocket(type).unref();
  // Where nobody listens, the system says so later: there is nothing to be done about it.
  socket.on('error', () => undefined);
  return socket;
}
