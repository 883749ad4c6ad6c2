import { connect as connectTcp, isIP, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import type { Sink } from './sink.ts';

export interface StreamSinkOptions {
  readonly host: string;
  readonly port: number;
  /** TLS (RFC 5425): its certificate must be that of the host's name, of an authority in `ca` or, without it, one that Node.js trusts. */
  readonly tls: { readonly ca: string | undefined } | undefined;
  /** How long connecting, or a page that nobody takes, is waited for, in milliseconds. */
  readonly timeout: number;
}

/** Syslog over TCP (RFC 6587 §3.4.1) or TLS (RFC 5425): each message behind its length in octets. */
export class StreamSink implements Sink {
  readonly #options: StreamSinkOptions;
  #socket: Socket | undefined;
  #broke = false;
  /** Being connected, or in use. */
  readonly #open = new Set<Socket>();

  constructor(options: StreamSinkOptions) {
    this.#options = options;
  }

  async send(messages: readonly Buffer[]): Promise<void> {
    this.check();
    const socket = (this.#socket ??= await this.#connect());
    const page = Buffer.concat(messages.flatMap((message) => [Buffer.from(`${message.length} `), message]));
    await this.#settled(socket, (done) => socket.write(page, done));
  }

  check(): void {
    const broke = this.#broke;
    this.#broke = false;
    if (broke) throw new Error('the other end has closed the connection');
  }

  close(): void {
    this.#socket = undefined;
    for (const socket of this.#open) socket.destroy();
  }

  async #connect(): Promise<Socket> {
    const { host, port, tls } = this.#options;
    const servername = isIP(host) === 0 ? host : '';
    const socket = tls ? connectTls({ host, port, ca: tls.ca, servername }) : connectTcp({ host, port });
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    socket.unref();
    // A receiver says nothing; that it has closed its end is seen by reading.
    socket.resume();
    // An error that comes while nobody waits: the next page finds the socket gone.
    socket.on('error', () => undefined);
    socket.once('end', () => socket.destroy());
    await this.#settled(socket, (done) => socket.once(tls ? 'secureConnect' : 'connect', () => done()));
    socket.once('close', () => {
      this.#broke = this.#socket === socket;
      if (this.#broke) this.#socket = undefined;
    });
    return socket;
  }

  /** Ends when `begin` says so. @throws Error if the socket ends before, or the time is over: then it is of no further use */
  #settled(socket: Socket, begin: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      const settle = (error?: Error | null): void => {
        clearTimeout(timer);
        socket.off('error', settle);
        socket.off('close', onClose);
        if (!error) return resolve();
        if (this.#socket === socket) this.#socket = undefined;
        socket.destroy();
        reject(error);
      };
      const onClose = (): void => settle(new Error('the other end has closed the connection'));
      const timer = setTimeout(
        () => settle(new Error(`nothing was taken for ${this.#options.timeout} ms`)),
        this.#options.timeout,
      );
      socket.once('error', settle);
      socket.once('close', onClose);
      begin(settle);
    });
  }
}
