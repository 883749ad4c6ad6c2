import { isIP } from 'node:net';
import smpp, { type Session } from 'smpp';

/** Where an SMSC is, and how it is reached. */
export interface SmppServer {
  readonly host: string;
  readonly port: number;
  readonly tls: boolean;
  /** PEM of the authority that the server's certificate is of; undefined for those that Node knows. */
  readonly ca: string | undefined;
}

/** A text that a phone wrote, put together by the server, is up to 64 KB (`message_payload`): it must not break the connection. */
smpp.PDU.maxLength = 72 * 1024;

/** Begins to connect. @throws Error if `ca` can't be used */
export function connectSmpp({ host, port, tls, ca }: SmppServer): Session {
  // RFC 6066 §3 has no addresses in it; the certificate is held against the address all the same.
  const secure = tls ? { ca, servername: isIP(host) === 0 ? host : '', minVersion: 'TLSv1.2' } : {};
  return smpp.connect({ host, port, tls, ...secure });
}
