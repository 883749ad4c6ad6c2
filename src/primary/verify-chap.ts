import { createHash, timingSafeEqual } from 'node:crypto';
import type { Credential } from '../packet/access-request.ts';

/** Whether a CHAP response was made with this password: MD5 of identifier, password and challenge (RFC 1994 §4.1, RFC 2865 §5.3). */
export function chapMatches(
  password: Buffer,
  { id, challenge, response }: Extract<Credential, { readonly kind: 'chap' }>,
): boolean {
  const expected = createHash('md5').update(Buffer.of(id)).update(password).update(challenge).digest();
  return response.length === expected.length && timingSafeEqual(response, expected);
}
