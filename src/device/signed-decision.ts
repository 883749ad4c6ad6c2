import { createPublicKey, verify, type KeyObject } from 'node:crypto';

/** What a device signs when its user decides on a login: all that the page showed and all that was answered. */
export interface SignedDecision {
  readonly approval: string;
  readonly device: string;
  readonly decision: 'approve' | 'decline' | 'fraud';
  /** The number typed, or empty where none was asked for. */
  readonly number: string;
  readonly application: string;
  readonly place: string;
  /** When the login began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The server's, for this decision alone. */
  readonly nonce: string;
}

/**
 * The octets that are signed: a JSON array of strings in UTF-8, whose first names what it is, so that no signature over
 * anything else is one over a decision. An array has one order, and JSON quotes what would pass for the end of a field.
 */
export function decisionOctets(decision: SignedDecision): Buffer {
  return Buffer.from(
    JSON.stringify([
      'radgate decision 1',
      decision.approval,
      decision.device,
      decision.decision,
      decision.number,
      decision.application,
      decision.place,
      String(decision.startedAt),
      decision.nonce,
    ]),
  );
}

/** The public key of a device, or undefined if it isn't one of P-256. @param point uncompressed, 65 octets (WebCrypto's `raw`) */
export function deviceKeyOf(point: Buffer): KeyObject | undefined {
  if (point.length !== 65 || point[0] !== 4) return undefined;
  const x = point.subarray(1, 33).toString('base64url');
  const y = point.subarray(33).toString('base64url');
  try {
    return createPublicKey({ format: 'jwk', key: { kty: 'EC', crv: 'P-256', x, y } });
  } catch {
    // Not on the curve.
    return undefined;
  }
}

/** @param signature as WebCrypto gives it: r and s of ECDSA with SHA-256, 64 octets (IEEE P1363) */
export function isSignedBy(key: KeyObject, decision: SignedDecision, signature: Buffer): boolean {
  return (
    signature.length === 64 && verify('sha256', decisionOctets(decision), { key, dsaEncoding: 'ieee-p1363' }, signature)
  );
}
