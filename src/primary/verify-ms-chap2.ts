import { timingSafeEqual } from 'node:crypto';
import type { Credential } from '../packet/access-request.ts';
import { Microsoft } from '../packet/constants.ts';
import type { Granted } from '../packet/granted.ts';
import { mppeKeys } from '../packet/mppe.ts';
import { authenticatorResponse, challengeHash, challengeResponse, msChap2Response } from '../packet/mschap.ts';
import { vendorSpecific } from '../packet/vendor-specific.ts';

/**
 * Checks an MS-CHAPv2 response against an NT hash: RFC 2759 §8. What it grants is what a NAS needs to prove the server to the peer and to encrypt:
 * MS-CHAP2-Success (RFC 2548 §2.3.3) and the MPPE attributes (§2.4.2 to §2.4.5).
 * @param userName as in User-Name @returns undefined if it was made with another password
 */
export function verifyMsChap2(
  ntHash: Buffer,
  userName: Buffer,
  { challenge, response }: Extract<Credential, { readonly kind: 'ms-chap' }>,
): Granted[] | undefined {
  const { ident, peerChallenge, ntResponse } = msChap2Response(response);
  let proven: Buffer | undefined;
  for (const name of namesOf(userName)) {
    const hashed = challengeHash(peerChallenge, challenge, name);
    if (timingSafeEqual(challengeResponse(hashed, ntHash), ntResponse)) proven ??= hashed;
  }
  if (!proven) return undefined;
  const success = Buffer.concat([Buffer.of(ident), Buffer.from(authenticatorResponse(ntHash, ntResponse, proven))]);
  const { send, receive } = mppeKeys(ntHash, ntResponse);
  return [
    microsoft(Microsoft.chap2Success, success),
    microsoft(Microsoft.mppeEncryptionPolicy, encryption.allowed),
    microsoft(Microsoft.mppeEncryptionTypes, encryption.only128Bits),
    { kind: 'mppe-key', type: Microsoft.mppeSendKey, value: send },
    { kind: 'mppe-key', type: Microsoft.mppeRecvKey, value: receive },
  ];
}

/** RFC 2548 §2.4.4 and §2.4.5. The keys are of 128 bits: nothing weaker is to be made of them. */
const encryption = { allowed: Buffer.of(0, 0, 0, 1), only128Bits: Buffer.of(0, 0, 0, 4) } as const;

/**
 * What the peer may have put into its hash. RFC 2759 §8.2 leaves out a domain before the name, and so do Windows, wpa_supplicant and pppd; a peer
 * that left it in is taken too. Which user it is does not hang on this: whoever lacks the NT hash can answer for neither name.
 */
function namesOf(userName: Buffer): Buffer[] {
  const domainEnd = userName.indexOf('\\') + 1;
  return domainEnd === 0 ? [userName] : [userName.subarray(domainEnd), userName];
}

function microsoft(type: number, value: Buffer): Granted {
  return { kind: 'plain', ...vendorSpecific({ vendor: Microsoft.vendor, type, value }) };
}
