import { createSocket, type Socket } from 'node:dgram';
import { once } from 'node:events';
import { randomBytes } from 'node:crypto';
import { Code, parsePacket, reply, revealPassword, Type, type RawPacket } from '../peer/packet-bytes.ts';

/** What a home server does: `flapping` answers five requests and leaves five unanswered, `closed` has nobody at its port, `slow` answers after 1.5 s, `forged` accepts everyone with a wrong authenticator. */
export type Fault = 'well' | 'silent' | 'garbage' | 'forged' | 'closed' | 'slow' | 'flapping';

const slowness = 1_500;

/** A home server on loopback that fails as it is told to. */
export class FaultyHome {
  readonly #secret: string;
  readonly #password: string;
  #socket: Socket | undefined;
  #port = 0;
  #fault: Fault = 'well';
  /** Access-Requests that came. */
  asked = 0;

  private constructor(secret: string, password: string) {
    this.#secret = secret;
    this.#password = password;
  }

  static async start(secret: string, password: string): Promise<FaultyHome> {
    const home = new FaultyHome(secret, password);
    await home.#open();
    return home;
  }

  /** HOST:PORT, the same whatever it does. */
  get address(): string {
    return `127.0.0.1:${this.#port}`;
  }

  async become(fault: Fault): Promise<void> {
    this.#fault = fault;
    if (fault === 'closed') await this.close();
    else if (!this.#socket) await this.#open();
  }

  async close(): Promise<void> {
    const socket = this.#socket;
    if (!socket) return;
    this.#socket = undefined;
    const end = once(socket, 'close');
    socket.close();
    await end;
  }

  async #open(): Promise<void> {
    const socket = createSocket('udp4');
    socket.bind(this.#port, '127.0.0.1');
    await once(socket, 'listening');
    this.#port = socket.address().port;
    this.#socket = socket;
    socket.on('message', (bytes, { address, port }) => {
      const answer = this.#answer(bytes);
      if (!answer) return;
      const send = (): void => {
        // Closed meanwhile: then nobody answers.
        if (this.#socket === socket) socket.send(answer, port, address);
      };
      if (this.#fault === 'slow') setTimeout(send, slowness).unref();
      else send();
    });
  }

  #answer(bytes: Buffer): Buffer | undefined {
    const request = parsePacket(bytes);
    const secret = this.#secret;
    // A probe (RFC 5997) has no name.
    const isProbe = request.code === Code.statusServer;
    if (!isProbe) this.asked++;
    switch (this.#fault) {
      case 'silent':
      case 'closed':
        return undefined;
      case 'garbage':
        return randomBytes(4 + (bytes[1] ?? 0));
      case 'forged':
        return reply(Code.accessAccept, request, { secret, forged: true });
      case 'flapping':
        if (Math.floor(this.asked / 5) % 2 === 1) return undefined;
        return this.#judge(request, isProbe);
      case 'well':
      case 'slow':
        return this.#judge(request, isProbe);
    }
  }

  #judge(request: RawPacket, isProbe: boolean): Buffer {
    const secret = this.#secret;
    const hasPassword = request.attributes.some(({ type }) => type === Type.userPassword);
    const isRight = isProbe || (hasPassword && revealPassword(request, secret).toString() === this.#password);
    return reply(isRight ? Code.accessAccept : Code.accessReject, request, { secret });
  }
}
