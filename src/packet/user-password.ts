import { Size } from './constants.ts';
import { maskBlocks } from './mask-blocks.ts';
import type { SharedSecret } from './shared-secret.ts';

const longest = 128;

/** Whether a User-Password value has a size that RFC 2865 §5.2 allows: 16 to 128 octets in sixteens. */
export function isHiddenPasswordSize(octets: number): boolean {
  return octets >= Size.authenticator && octets <= longest && octets % Size.authenticator === 0;
}

/**
 * Hides a password: RFC 2865 §5.2. The bytes go in as they are, padded with zeros to a multiple of 16.
 * @throws RangeError if it is over 128 octets
 */
export function hidePassword(password: Buffer, secret: SharedSecret, requestAuthenticator: Buffer): Buffer {
  if (password.length > longest) throw new RangeError(`password of ${password.length} octets, over ${longest}`);
  const blocks = Math.max(1, Math.ceil(password.length / Size.authenticator));
  const hidden = Buffer.alloc(blocks * Size.authenticator);
  password.copy(hidden);
  maskBlocks(hidden, hidden, secret, requestAuthenticator);
  return hidden;
}

/** Reveals a password hidden per RFC 2865 §5.2, without its padding zeros; with a wrong secret it reveals noise. */
export function revealPassword(hidden: Buffer, secret: SharedSecret, requestAuthenticator: Buffer): Buffer {
  const password = Buffer.from(hidden);
  maskBlocks(password, hidden, secret, requestAuthenticator);
  let end = password.length;
  while (end > 0 && password[end - 1] === 0) end--;
  return password.subarray(0, end);
}
