import { lookup } from 'node:dns/promises';
import { connect, isIP, type Socket } from 'node:net';
import { connect as connectTls, type TLSSocket } from 'node:tls';
import { whyNot } from '../why-not.ts';

/** Where a connection goes, and how. */
export interface Target {
  readonly host: string;
  readonly port: number;
  /** PEM of its authority in `ca`; undefined for those that Node.js trusts. No TLS without it. */
  readonly tls?: { readonly ca: string | undefined };
}

/** Why something can't be used, in an operator's words. */
export class Unusable extends Error {}

/** What an operator can do about a certificate, by the words of OpenSSL and Node.js. */
const causes: readonly (readonly [RegExp, string])[] = [
  [/ALTNAME_INVALID|altnames/, 'its certificate is for another name: write the host as the certificate names it'],
  [/HAS_EXPIRED|certificate has expired/, 'its certificate has expired: it must be renewed there'],
  [/NOT_YET_VALID|not yet valid/, 'its certificate is not valid yet: is the clock of this host right?'],
  [
    /UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|SELF_SIGNED|CERT_UNTRUSTED|CERT_SIGNATURE|self.signed certificate|unable to (?:get|verify)/,
    'its certificate is of no authority that is trusted here: "ca_file", where there is one, must be the one that issued it; else NODE_EXTRA_CA_CERTS',
  ],
  [/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/, 'no TLS is spoken at this port: is it the right one?'],
  [/PROTOCOL_VERSION|UNSUPPORTED_PROTOCOL|handshake failure/i, 'it has no TLS 1.2 or later'],
  [/before secure TLS connection/, 'it closes the connection where TLS should begin: is it the right port?'],
];

/** What is wrong with a connection. @param error of the system, OpenSSL or a library */
export function troubleOf(error: unknown): string {
  const { code, message = '' } = (error ?? {}) as { readonly code?: unknown; readonly message?: string };
  const own = `${typeof code === 'string' ? code : ''} ${message}`;
  const cause = causes.find(([pattern]) => pattern.test(own))?.[1];
  if (cause !== undefined) return `TLS fails: ${cause} (${message})`;
  if (/EHOSTUNREACH|ENETUNREACH/.test(own)) return `there is no way to it: see the routes and firewalls (${message})`;
  if (/ECONNRESET/.test(own))
    return `it breaks the connection: does it take this host, and is it the right port? (${message})`;
  return whyNot(own.trim());
}

/**
 * Whether a server is there: its name is found, its port takes connections, its certificate is good. Nothing is said to it.
 * @param patience for each of them, in milliseconds
 * @returns what was seen, such as "answers by TLSv1.3, certificate until 2027-01-01"
 * @throws Unusable
 */
export async function reach({ host, port, tls }: Target, patience: number): Promise<string> {
  const address = await addressOf(host, patience);
  const servername = isIP(host) === 0 ? host : '';
  const socket = tls
    ? connectTls({ host: address, port, servername, ca: tls.ca, minVersion: 'TLSv1.2' })
    : connect({ host: address, port });
  try {
    await settled(socket, tls ? 'secureConnect' : 'connect', patience);
    return tls ? seenOf(socket as TLSSocket) : 'takes connections';
  } finally {
    socket.destroy();
  }
}

/** @throws Unusable if the name is not found */
export async function addressOf(host: string, patience: number): Promise<string> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(new Unusable(`its name was not found within ${patience / 1000} s: does DNS work here?`)),
      patience,
    );
  });
  try {
    return (await Promise.race([lookup(host), late])).address;
  } catch (error) {
    if (error instanceof Unusable) throw error;
    throw new Unusable(`${troubleOf(error)}: is it written right, and does DNS work here?`, { cause: error });
  } finally {
    clearTimeout(timer);
  }
}

function seenOf(socket: TLSSocket): string {
  const end = new Date(socket.getPeerCertificate().valid_to);
  const until = Number.isNaN(end.getTime()) ? '' : `, certificate until ${end.toISOString().slice(0, 10)}`;
  return `answers by ${socket.getProtocol() ?? 'TLS'}${until}`;
}

function settled(socket: Socket, event: string, patience: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const fail = (why: string, cause?: unknown): void => reject(new Unusable(why, { cause }));
    socket.setTimeout(patience, () =>
      fail(`no connection within ${patience / 1000} s: wrong address or port, or a firewall on the way`),
    );
    socket.once(event, resolve);
    socket.on('error', (error) => fail(troubleOf(error), error));
    socket.once('close', () => fail('it closes the connection at once: is it the right port?'));
  });
}
