import { isIP, connect as connectTcp, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';
import { Client, type Entry, type Filter } from 'ldapts';
import { AnyCase } from './any-case.ts';
import { asLdapError, LdapTrouble } from './ldap-error.ts';
import { Answer, resultCodeOf } from './ldap-result.ts';
import { tlsTrouble } from './tls-trouble.ts';

export interface LdapEndpoint {
  readonly scheme: 'ldap' | 'ldaps';
  readonly host: string;
  readonly port: number;
}

export interface ConnectionOptions {
  readonly endpoint: LdapEndpoint;
  /** TLS by StartTLS on `ldap`: RFC 4511 §4.14. */
  readonly startTls: boolean;
  /** The certificate authorities that count, in PEM; undefined for those that Node.js trusts. */
  readonly ca: string | Buffer | undefined;
  readonly tlsMinVersion: '1.2' | '1.3';
}

export interface Search {
  readonly base: string;
  readonly scope: 'base' | 'sub';
  readonly filter?: Filter;
  readonly attributes: readonly string[];
  /** Those of them whose values are octets. */
  readonly binary?: readonly string[];
  /** Entries at most; more are cut off. */
  readonly limit: number;
}

/** Milliseconds that are left; each step of a conversation with a server asks it anew. */
export type TimeLeft = () => number;

/** Octets that the answer to one question may have: an entry with thousands of groups has some hundred thousand. */
const largestAnswer = 4 * 1024 * 1024;
/** How long a connection is silent before the system asks whether its other end is still there, in milliseconds. */
const keepAliveDelay = 10_000;

/** ExtendedRequest 1.3.6.1.4.1.1466.20037 as message 1: RFC 4511 §4.14.1. */
const startTlsRequest = Buffer.concat([
  Buffer.from([0x30, 0x1d, 0x02, 0x01, 0x01, 0x77, 0x18, 0x80, 0x16]),
  Buffer.from('1.3.6.1.4.1.1466.20037'),
]);

/**
 * One connection to a directory: its TLS is up before ldapts sees it, and ldapts can't make another in its place, which would be without TLS and
 * without a bind. Every step has its time; when it is over the connection is destroyed.
 */
export class LdapConnection {
  readonly #socket: Socket;
  readonly #client: Client;
  /** What came in answer to the question under way. */
  #answer: Buffer[] | undefined;
  #octets = 0;
  #excess = false;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('data', (chunk: Buffer) => this.#count(chunk));
    let given = false;
    this.#client = new Client({
      // Named here for its form only.
      url: 'ldap://localhost',
      createConnection: () => {
        if (given) throw new LdapTrouble('closed the connection');
        given = true;
        return socket;
      },
    });
  }

  /** @throws LdapTrouble if it can't be reached or its certificate is not right */
  static async open(options: ConnectionOptions, left: TimeLeft): Promise<LdapConnection> {
    const { endpoint, startTls } = options;
    const { host, port } = endpoint;
    const tcp = connectTcp({ host, port, noDelay: true, keepAlive: true, keepAliveInitialDelay: keepAliveDelay });
    try {
      await opened(tcp, 'connect', 'did not take the connection in time', left);
      if (endpoint.scheme === 'ldap' && !startTls) return new LdapConnection(tcp);
      if (endpoint.scheme === 'ldap') await requestTls(tcp, left);
      return new LdapConnection(await secured(tcp, options, left));
    } catch (error) {
      tcp.destroy();
      throw error;
    }
  }

  get isOpen(): boolean {
    return !this.#socket.destroyed && this.#socket.readyState === 'open';
  }

  /** Calls once it is closed, by whichever end. */
  onClosed(listener: () => void): void {
    if (this.#socket.destroyed) listener();
    else this.#socket.once('close', listener);
  }

  /**
   * A simple bind: RFC 4511 §4.2. Who asks makes sure that the password is not empty, which would be a success that proves nothing (RFC 4513 §5.1.2).
   * @throws LdapRefused, LdapTrouble
   */
  async bind(name: string, password: string, left: TimeLeft): Promise<void> {
    this.#answer = [];
    try {
      await this.#ask(() => this.#client.bind(name, password), left);
      if (!isSuccess(Buffer.concat(this.#answer))) throw new LdapTrouble('answered a bind with something else');
    } catch (error) {
      if (error instanceof LdapTrouble) this.destroy();
      throw error;
    } finally {
      this.#answer = undefined;
    }
  }

  /** Entries in the server's order; references to other servers are passed over. @throws LdapRefused, LdapTrouble */
  async search(search: Search, left: TimeLeft): Promise<Entry[]> {
    const { base, scope, filter, attributes, binary = [], limit } = search;
    const { searchEntries } = await this.#ask(
      () =>
        this.#client.search(base, {
          scope,
          attributes: [...attributes],
          explicitBufferAttributes: AnyCase.from(binary),
          sizeLimit: limit,
          timeLimit: Math.max(1, Math.ceil(left() / 1000)),
          ...(filter ? { filter } : {}),
        }),
      left,
    );
    return searchEntries.slice(0, limit);
  }

  /** Says goodbye, if there is time for it, and closes. */
  async close(): Promise<void> {
    if (this.isOpen) await this.#client.unbind().catch(() => undefined);
    this.destroy();
  }

  destroy(): void {
    this.#socket.destroy();
  }

  async #ask<T>(question: () => Promise<T>, left: TimeLeft): Promise<T> {
    this.#octets = 0;
    try {
      return await within(left(), 'did not answer in time', question(), () => this.destroy());
    } catch (error) {
      if (this.#excess) throw new LdapTrouble(`answered with more than ${largestAnswer} octets`);
      throw asLdapError(error);
    }
  }

  #count(chunk: Buffer): void {
    this.#octets += chunk.length;
    this.#answer?.push(chunk);
    if (this.#octets <= largestAnswer) return;
    this.#excess = true;
    this.destroy();
  }
}

function isSuccess(octets: Buffer): boolean {
  try {
    return resultCodeOf(octets, Answer.bind) === 0;
  } catch {
    return false;
  }
}

/**
 * Asks for TLS. Nothing may come behind the answer: it would be from whoever is on the way, and be read as if it came through the TLS
 * (CVE-2011-0411), which is why ldapts' own startTLS, which keeps such octets, isn't used.
 */
async function requestTls(socket: Socket, left: TimeLeft): Promise<void> {
  const answer = new Promise<number>((resolve, reject) => {
    let octets = Buffer.alloc(0);
    const onData = (chunk: Buffer): void => {
      octets = Buffer.concat([octets, chunk]);
      try {
        const code = resultCodeOf(octets, Answer.extended);
        if (code === undefined && octets.length < 64 * 1024) return;
        socket.off('data', onData);
        resolve(code ?? -1);
      } catch {
        reject(new LdapTrouble('answered StartTLS with something else'));
      }
    };
    socket.on('data', onData);
    socket.once('close', () => reject(new LdapTrouble('closed the connection when asked for StartTLS')));
  });
  socket.write(startTlsRequest);
  const code = await within(left(), 'did not answer StartTLS in time', answer, () => socket.destroy());
  if (code !== 0) throw new LdapTrouble(`has no StartTLS (result code ${code}): has it a certificate?`);
}

async function secured(tcp: Socket, options: ConnectionOptions, left: TimeLeft): Promise<Socket> {
  const { endpoint, ca, tlsMinVersion } = options;
  const { host } = endpoint;
  const tls = connectTls({
    socket: tcp,
    host,
    // RFC 6066 §3 has no addresses in it; the certificate is held against the address all the same.
    ...(isIP(host) === 0 ? { servername: host } : {}),
    ...(ca ? { ca } : {}),
    minVersion: tlsMinVersion === '1.3' ? 'TLSv1.3' : 'TLSv1.2',
  });
  await opened(tls, 'secureConnect', 'did not finish the TLS handshake in time', left);
  return tls;
}

async function opened(socket: Socket, event: string, late: string, left: TimeLeft): Promise<void> {
  const ready = new Promise<void>((resolve, reject) => {
    socket.once(event, resolve);
    socket.on('error', (error) => reject(new LdapTrouble(tlsTrouble(error))));
    socket.once('close', () => reject(new LdapTrouble('closed the connection')));
  });
  await within(left(), late, ready, () => socket.destroy());
}

/** @param late what the server did not do, should the time be over first @param giveUp then called */
async function within<T>(milliseconds: number, late: string, step: Promise<T>, giveUp: () => void): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const elapsed = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new LdapTrouble(late)), Math.max(0, milliseconds));
  });
  // Whichever of the two comes second tells nobody.
  step.catch(() => undefined);
  try {
    return await Promise.race([step, elapsed]);
  } catch (error) {
    if (error instanceof LdapTrouble && error.message === late) giveUp();
    throw error;
  } finally {
    clearTimeout(timer);
  }
}
