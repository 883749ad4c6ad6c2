import { createHash } from 'node:crypto';

/** SHA-1 (FIPS 180-4) of octets one after the other, 20 octets. MS-CHAPv2 and MPPE are made of it. */
export function sha1(...pieces: readonly Buffer[]): Buffer {
  const hash = createHash('sha1');
  for (const piece of pieces) hash.update(piece);
  return hash.digest();
}
