import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { parsePacket, reply, revealPassword, Type, type RawAttribute, type RawPacket } from '../peer/packet-bytes.ts';

/** A request that proves itself otherwise has none. */
function passwordOf(request: RawPacket, secret: string): Buffer {
  const hasPassword = request.attributes.some(({ type }) => type === Type.userPassword);
  return hasPassword ? revealPassword(request, secret) : Buffer.alloc(0);
}

/** What a home server answers a request with; undefined is silence. */
export type HomeAnswer = (
  request: RawPacket,
  password: Buffer,
) => { readonly code: number; readonly attributes?: readonly RawAttribute[] } | undefined;

/** An upstream RADIUS server on loopback that answers as the test says, as fast as it is asked. */
export class HomeServer {
  readonly #socket: Socket;
  /** Requests that it was asked. */
  asked = 0;

  private constructor(socket: Socket, secret: string, answer: HomeAnswer) {
    this.#socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      this.asked++;
      const request = parsePacket(bytes);
      const answered = answer(request, passwordOf(request, secret));
      if (answered) socket.send(reply(answered.code, request, { secret, ...answered }), port, address);
    });
  }

  static async start(secret: string, answer: HomeAnswer): Promise<HomeServer> {
    const socket = createSocket('udp4');
    socket.bind(0, '127.0.0.1');
    await once(socket, 'listening');
    return new HomeServer(socket, secret, answer);
  }

  /** HOST:PORT. */
  get address(): string {
    return `127.0.0.1:${this.#socket.address().port}`;
  }

  async close(): Promise<void> {
    const end = once(this.#socket, 'close');
    this.#socket.close();
    await end;
  }
}
