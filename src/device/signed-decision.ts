import type { KeyObject } from 'node:crypto';
import { isSignature, signedOctets } from './signature.ts';

/** What a device signs when its user decides on a login: all that the page showed and all that was answered. */
export interface SignedDecision {
  readonly approval: string;
  readonly device: string;
  readonly decision: 'approve' | 'decline' | 'fraud';
  /** The number typed, or empty where none was asked for. */
  readonly number: string;
  /** As it was shown, or picked where it was not; empty if it was neither. */
  readonly application: string;
  /** Where the login comes from, as it was shown; empty if that is not known. */
  readonly place: string;
  /** When the login began, in milliseconds since 1970. */
  readonly startedAt: number;
  /** The server's, for this decision alone. */
  readonly nonce: string;
}

export function isSignedBy(key: KeyObject, decision: SignedDecision, signature: Buffer): boolean {
  const signed = signedOctets('decision', [
    decision.approval,
    decision.device,
    decision.decision,
    decision.number,
    decision.application,
    decision.place,
    String(decision.startedAt),
    decision.nonce,
  ]);
  return isSignature(key, signed, signature);
}
