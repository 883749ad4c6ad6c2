import { createSocket, type Socket } from 'node:dgram';
import { lookup } from 'node:dns/promises';
import { once } from 'node:events';
import { isIP } from 'node:net';
import { encodeAccountingRequest, encodeRequest, replyIsAuthentic } from '../packet/authenticator.ts';
import { Code, Size, Type } from '../packet/constants.ts';
import { firstValue, PacketError, parsePacket, type Attribute, type Packet } from '../packet/packet.ts';
import type { SharedSecret } from '../packet/shared-secret.ts';
import { randomOctets } from '../random.ts';

export interface RadiusServerOptions {
  readonly host: string;
  readonly port: number;
  readonly secret: SharedSecret;
  /** Local address to send from; undefined leaves it to the routing table. */
  readonly source: string | undefined;
  /** Whether an authentic reply may be believed although it bears no Message-Authenticator. */
  readonly acceptsUnsigned: () => boolean;
  /** Told of each authentic reply that bears one without having to. */
  readonly onSigned: () => void;
  /** Told of replies that were not believed. */
  readonly onForged: (explain: string) => void;
}

export type Exchange =
  | { readonly kind: 'reply'; readonly reply: Packet; readonly requestAuthenticator: Buffer }
  | { readonly kind: 'silence' }
  /** The host says that nobody listens there, or there is no way to it. */
  | { readonly kind: 'failed'; readonly why: string }
  | { readonly kind: 'full' };

/** How often and how long a request is tried at this server. */
export interface Tries {
  readonly count: number;
  /** How long to wait after the send that leaves so many, in milliseconds. */
  readonly patience: (sendsLeft: number) => number;
  /** Told of each packet as it goes out, retransmissions too. */
  readonly onSend?: (packet: Buffer) => void;
}

/** What a server is asked with: RFC 2865 §4.1, RFC 2866 §4.1, RFC 5997 §3. */
export type RequestCode = typeof Code.accessRequest | typeof Code.accountingRequest | typeof Code.statusServer;

interface Pending {
  requestAuthenticator: Buffer;
  readonly code: RequestCode;
  /** Whether it carries EAP-Message. */
  isEap: boolean;
  readonly settle: (exchange: Exchange) => void;
}

/** Source ports at most: 256 identifiers each. */
const maxPorts = 64;
const identifiers = 256;
const accessReplies = [Code.accessAccept, Code.accessReject, Code.accessChallenge];
/** What answers each request. A Status-Server is answered as the port's own requests are (RFC 5997 §4.1, §4.2). */
const replyCodes: Readonly<Record<RequestCode, readonly number[]>> = {
  [Code.accessRequest]: accessReplies,
  [Code.accountingRequest]: [Code.accountingResponse],
  [Code.statusServer]: [...accessReplies, Code.accountingResponse],
};

/** One upstream RADIUS server, asked from as many source ports as its outstanding requests need: an identifier is one octet (RFC 2865 §3). */
export class RadiusServer {
  readonly #options: RadiusServerOptions;
  readonly #ports: Port[] = [];
  /** Those that take no more requests. */
  readonly #retiring = new Set<Port>();

  constructor(options: RadiusServerOptions) {
    this.#options = options;
  }

  get address(): string {
    const { host, port } = this.#options;
    return host.includes(':') ? `[${host}]:${port}` : `${host}:${port}`;
  }

  /**
   * Sends a request and awaits its authentic reply: RFC 2865 §2.5. Retransmissions are the same bytes from the same port, so that the server knows them
   * (RFC 5080 §2.2.1); a reply that isn't believed leaves the timer alone.
   * @param attributes made for the request's authenticator, which hides the password; an Accounting-Request's is made of them instead (RFC 2866 §3)
   */
  async exchange(
    attributes: (requestAuthenticator: Buffer) => readonly Attribute[],
    tries: Tries,
    code: RequestCode = Code.accessRequest,
  ): Promise<Exchange> {
    const random = randomOctets(Size.authenticator);
    const port = this.#freePort();
    if (!port) return { kind: 'full' };
    let timer: NodeJS.Timeout | undefined;
    let release = (): void => {};
    try {
      const exchange = await new Promise<Exchange>((settle) => {
        const pending: Pending = { requestAuthenticator: random, code, isEap: false, settle };
        const identifier = port.claim(pending);
        release = () => port.release(identifier);
        const { secret } = this.#options;
        const own = attributes(random);
        pending.isEap = firstValue(own, Type.eapMessage) !== undefined;
        const bytes =
          code === Code.accountingRequest
            ? encodeAccountingRequest(identifier, own, secret)
            : encodeRequest(code, identifier, random, own, secret);
        pending.requestAuthenticator = bytes.subarray(4, Size.header);
        const send = (left: number): void => {
          if (left === 0) return settle({ kind: 'silence' });
          const patience = tries.patience(left);
          if (patience <= 0) return settle({ kind: 'silence' });
          void port.send(bytes);
          tries.onSend?.(bytes);
          timer = setTimeout(() => send(left - 1), patience);
        };
        send(tries.count);
      });
      if (exchange.kind === 'silence' && isIP(this.#options.host) === 0) this.#retire(port);
      return exchange;
    } finally {
      clearTimeout(timer);
      release();
    }
  }

  async close(): Promise<void> {
    await Promise.all([...this.#ports, ...this.#retiring].map((port) => port.close()));
  }

  /** A name may lead elsewhere by now: the next request looks it up anew. What waits for its reply at the port still gets it. */
  #retire(port: Port): void {
    if (!this.#forget(port)) return;
    this.#retiring.add(port);
    port
      .idle()
      .then(() => port.close())
      // An error of its socket is one more way to its end.
      .catch(() => undefined)
      .finally(() => this.#retiring.delete(port));
  }

  #forget(port: Port): boolean {
    const at = this.#ports.indexOf(port);
    if (at !== -1) this.#ports.splice(at, 1);
    return at !== -1;
  }

  #freePort(): Port | undefined {
    const free = this.#ports.find((port) => port.hasRoom);
    if (free || this.#ports.length >= maxPorts) return free;
    const port: Port = new Port(this.#options, () => this.#forget(port));
    this.#ports.push(port);
    return port;
  }
}

/** One source port, connected to the server: the kernel drops what others send to it and tells when nobody listens there. */
class Port {
  readonly #options: RadiusServerOptions;
  readonly #pending = new Map<number, Pending>();
  readonly #socket: Promise<Socket>;
  readonly #onBroken: () => void;
  #lastIdentifier = randomOctets(1)[0] ?? 0;
  #broken = false;
  #onIdle: (() => void) | undefined;

  /** @param onBroken told when it is of no more use: its address is gone, or the server's host refused */
  constructor(options: RadiusServerOptions, onBroken: () => void) {
    this.#options = options;
    this.#onBroken = onBroken;
    this.#socket = this.#open();
    this.#socket.catch((error: unknown) => this.#break(error));
  }

  get hasRoom(): boolean {
    return this.#pending.size < identifiers;
  }

  /** Takes a free identifier; one that was just given back comes last. */
  claim(pending: Pending): number {
    do this.#lastIdentifier = (this.#lastIdentifier + 1) % identifiers;
    while (this.#pending.has(this.#lastIdentifier));
    this.#pending.set(this.#lastIdentifier, pending);
    return this.#lastIdentifier;
  }

  release(identifier: number): void {
    this.#pending.delete(identifier);
    if (this.#pending.size === 0) this.#onIdle?.();
  }

  /** Resolves once no request waits here. */
  async idle(): Promise<void> {
    if (this.#pending.size > 0) await new Promise<void>((resolve) => (this.#onIdle = resolve));
  }

  async send(bytes: Buffer): Promise<void> {
    try {
      const socket = await this.#socket;
      if (!this.#broken) socket.send(bytes, (error) => error && this.#break(error));
    } catch {
      // The constructor sees to a socket that can't be opened.
    }
  }

  async close(): Promise<void> {
    const socket = await this.#socket.catch(() => undefined);
    if (!socket || this.#broken) return;
    this.#broken = true;
    for (const { settle } of this.#pending.values()) settle({ kind: 'failed', why: 'radgate stops' });
    const closed = once(socket, 'close');
    socket.close();
    await closed;
  }

  async #open(): Promise<Socket> {
    const { host, port, source } = this.#options;
    const { address, family } = await lookup(host);
    const socket = createSocket(family === 6 ? 'udp6' : 'udp4');
    try {
      if (source !== undefined) {
        socket.bind({ address: source });
        await once(socket, 'listening');
      }
      socket.connect(port, address);
      await once(socket, 'connect');
    } catch (error) {
      socket.close();
      throw error;
    }
    socket.on('message', (datagram) => this.#receive(datagram));
    // ECONNREFUSED comes here: the server's host says that nobody listens.
    socket.on('error', (error) => this.#break(error));
    return socket;
  }

  #break(error: unknown): void {
    if (this.#broken) return;
    this.#broken = true;
    this.#onBroken();
    const why = error instanceof Error ? error.message : String(error);
    for (const { settle } of this.#pending.values()) settle({ kind: 'failed', why });
    this.#socket.then(
      (socket) => socket.close(),
      () => {},
    );
  }

  #receive(datagram: Buffer): void {
    const reply = parsed(datagram);
    const pending = reply && this.#pending.get(reply.identifier);
    if (!reply || !pending || !replyCodes[pending.code].includes(reply.code)) return;
    const { secret, acceptsUnsigned, onSigned, onForged } = this.#options;
    const { requestAuthenticator } = pending;
    if (!replyIsAuthentic(reply, requestAuthenticator, secret))
      return onForged(
        'its authenticator is wrong: is the shared secret the same on both sides? It may also have come too late',
      );
    // RFC 3579 §3.2 has all of EAP signed. An unsigned Reject lets nobody in, and servers send one that have not come as far as EAP.
    if (reply.messageAuthenticatorAt === 0 && pending.isEap && reply.code !== Code.accessReject)
      return onForged('it answers EAP without Message-Authenticator (RFC 3579 §3.2)');
    if (reply.messageAuthenticatorAt === 0 && !acceptsUnsigned())
      return onForged(
        'it has no Message-Authenticator, which this server is set, or was seen, to send (CVE-2024-3596)',
      );
    // EAP and Status-Server must be signed (RFC 3579 §3.2, RFC 5997 §3): that tells nothing of a server's other replies.
    const isSignedByItself = pending.code === Code.accessRequest && !firstValue(reply.attributes, Type.eapMessage);
    if (reply.messageAuthenticatorAt !== 0 && isSignedByItself) onSigned();
    pending.settle({ kind: 'reply', reply, requestAuthenticator });
  }
}

function parsed(datagram: Buffer): Packet | undefined {
  try {
    return parsePacket(datagram);
  } catch (error) {
    if (error instanceof PacketError) return undefined;
    throw error;
  }
}
