import { createECDH, createPrivateKey, sign, type KeyObject } from 'node:crypto';

/** How long a token holds, in seconds: at most 24 hours (RFC 8292 section 2). */
const vapidSeconds = 12 * 3600;

/** The key pair by which push services know radgate (RFC 8292). */
export interface VapidKey {
  readonly privateKey: KeyObject;
  /** An uncompressed point of P-256 in 65 octets: what `subscribe()` takes as `applicationServerKey`. */
  readonly publicKey: Buffer;
}

/** @param secret a private key of P-256, 32 octets. @throws the error of node:crypto for octets that are no such key */
export function vapidKeyOf(secret: Buffer): VapidKey {
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(secret);
  const publicKey = ecdh.getPublicKey();
  const privateKey = createPrivateKey({
    format: 'jwk',
    key: {
      kty: 'EC',
      crv: 'P-256',
      d: secret.toString('base64url'),
      x: publicKey.subarray(1, 33).toString('base64url'),
      y: publicKey.subarray(33).toString('base64url'),
    },
  });
  return { privateKey, publicKey };
}

/**
 * The Authorization header of a push (RFC 8292 section 3): a JWT by ES256 that names the push service and the moment it ends.
 * @param contact a `mailto:` or `https:` address of whoever runs radgate (RFC 8292 section 2.1)
 * @param now milliseconds since 1970
 */
export function vapidHeader(endpoint: URL, contact: string, key: VapidKey, now: number): string {
  const claims = { aud: endpoint.origin, exp: Math.floor(now / 1000) + vapidSeconds, sub: contact };
  const signed = `${encoded({ typ: 'JWT', alg: 'ES256' })}.${encoded(claims)}`;
  const signature = sign('sha256', Buffer.from(signed), { key: key.privateKey, dsaEncoding: 'ieee-p1363' });
  return `vapid t=${signed}.${signature.toString('base64url')}, k=${key.publicKey.toString('base64url')}`;
}

function encoded(part: object): string {
  return Buffer.from(JSON.stringify(part)).toString('base64url');
}
