import { readFileSync } from 'node:fs';
import { createSecureContext } from 'node:tls';

export interface CertificateFiles {
  /** PEM, with the chain behind it. */
  readonly certificate: string;
  readonly key: string;
}

export interface KeyPair {
  readonly cert: Buffer;
  readonly key: Buffer;
}

/** Reads both files. @throws Error if one can't be read or they don't belong together */
export function readCertificate({ certificate, key }: CertificateFiles): KeyPair {
  const pair = { cert: readFileSync(certificate), key: readFileSync(key) };
  createSecureContext(pair);
  return pair;
}

export function samePair(a: KeyPair, b: KeyPair): boolean {
  return a.cert.equals(b.cert) && a.key.equals(b.key);
}
