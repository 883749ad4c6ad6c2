import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** Octets of a public key: an uncompressed point of P-256 (SEC 1 §2.3.3), WebCrypto's `raw`. */
export const keySize = 65;
/** Octets of a signature: r and s of ECDSA with SHA-256, as WebCrypto gives them (IEEE P1363). */
export const signatureSize = 64;

/** The public key of a device, or undefined if it isn't one of P-256. */
export function deviceKeyOf(point: Buffer): KeyObject | undefined {
  if (point.length !== keySize || point[0] !== 4) return undefined;
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  } catch {
    // Not on the curve.
    return undefined;
  }
}

/**
 * What a device signs: a JSON array of strings in UTF-8, whose first names what it is, so that no signature over one thing is one over another. An array has
 * one order, and JSON quotes what would pass for the end of a field.
 */
export function signedOctets(
  what: 'decision' | 'enrolment' | 'list' | 'subscription',
  fields: readonly string[],
): Buffer {
  return Buffer.from(JSON.stringify([`radgate ${what} 1`, ...fields]));
}

/** Whether a device's key has signed this. */
export function isSignature(key: KeyObject, octets: Buffer, signature: Buffer): boolean {
  return signature.length === signatureSize && verify('sha256', octets, { key, dsaEncoding: 'ieee-p1363' }, signature);
}
