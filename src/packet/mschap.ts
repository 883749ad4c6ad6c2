import { desEncrypt } from './des.ts';
import { md4 } from './md4.ts';
import { sha1 } from './sha1.ts';

/** What a peer answers an MS-CHAPv2 challenge with: the parts of MS-CHAP2-Response, RFC 2548 §2.3.2. */
export interface MsChap2Response {
  readonly ident: number;
  /** 16 octets. */
  readonly peerChallenge: Buffer;
  /** 24 octets. */
  readonly ntResponse: Buffer;
}

/** @param value 50 octets: Ident, Flags, Peer-Challenge, 8 reserved octets, Response */
export function msChap2Response(value: Buffer): MsChap2Response {
  return { ident: value.readUInt8(0), peerChallenge: value.subarray(2, 18), ntResponse: value.subarray(26, 50) };
}

/** The NT hash of a password, 16 octets: RFC 2759 §8.3 NtPasswordHash. It is as good as the password itself. */
export function ntHash(password: string): Buffer {
  return md4(Buffer.from(password, 'utf16le'));
}

/** RFC 2759 §8.2 ChallengeHash, 8 octets. @param userName as the peer took it in: without a domain before it, in the client's octets */
export function challengeHash(peerChallenge: Buffer, authenticatorChallenge: Buffer, userName: Buffer): Buffer {
  return sha1(peerChallenge, authenticatorChallenge, userName).subarray(0, 8);
}

/** RFC 2759 §8.5 ChallengeResponse, 24 octets. @param challenge 8 octets @param hash the NT hash */
export function challengeResponse(challenge: Buffer, hash: Buffer): Buffer {
  const keys = Buffer.alloc(21);
  hash.copy(keys);
  return Buffer.concat([0, 7, 14].map((at) => desEncrypt(challenge, keys.subarray(at, at + 7))));
}

/**
 * What the server proves itself with to the peer, `S=` and 40 hexadecimal digits: RFC 2759 §8.7 GenerateAuthenticatorResponse.
 * @param hash the NT hash @param challenge as challengeHash makes it
 */
export function authenticatorResponse(hash: Buffer, ntResponse: Buffer, challenge: Buffer): string {
  const digest = sha1(md4(hash), ntResponse, Buffer.from('Magic server to client signing constant'));
  const pad = Buffer.from('Pad to make it do more than one iteration');
  return `S=${sha1(digest, challenge, pad).toString('hex').toUpperCase()}`;
}
