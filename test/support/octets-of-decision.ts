import type { SignedDecision } from '../../src/device/signed-decision.ts';

/** What the page on a phone signs. */
export function octetsOf(signed: SignedDecision): Buffer {
  const { approval, device, decision, number, application, place, startedAt, nonce } = signed;
  const fields = [approval, device, decision, number, application, place, String(startedAt), nonce];
  return Buffer.from(JSON.stringify(['radgate decision 1', ...fields]));
}
