import { Size } from './constants.ts';
import { maskBlocks } from './mask-blocks.ts';
import type { SharedSecret } from './shared-secret.ts';

const saltSize = 2;

/**
 * Reveals a salt-encrypted value: RFC 2548 §2.4.2 and RFC 2868 §3.5, the same but for the tag.
 * @param value salt (2 octets), then whole blocks of 16
 * @returns the plain octets, or undefined if the sizes don't fit (as with a wrong secret)
 */
export function revealSalted(value: Buffer, secret: SharedSecret, requestAuthenticator: Buffer): Buffer | undefined {
  const cipher = value.subarray(saltSize);
  if (cipher.length < Size.authenticator || cipher.length % Size.authenticator !== 0) return undefined;
  const plain = Buffer.from(cipher);
  maskBlocks(plain, cipher, secret, Buffer.concat([requestAuthenticator, value.subarray(0, saltSize)]));
  const length = plain[0] ?? 0;
  return length < plain.length ? plain.subarray(1, 1 + length) : undefined;
}

/** The octets that so many plain ones become. */
export function saltedLength(plain: number): number {
  return saltSize + Math.ceil((1 + plain) / Size.authenticator) * Size.authenticator;
}

/**
 * Salt-encrypts a value: RFC 2548 §2.4.2, RFC 2868 §3.5.
 * @param salt 2 octets, unique in the packet; its top bit is set here as the RFCs ask
 * @throws RangeError if `plain` is over 239 octets, the most that fits an attribute with a tag
 */
export function hideSalted(plain: Buffer, salt: Buffer, secret: SharedSecret, requestAuthenticator: Buffer): Buffer {
  if (plain.length > 239) throw new RangeError(`salted value of ${plain.length} octets, over 239`);
  const value = Buffer.alloc(saltedLength(plain.length));
  value[0] = (salt[0] ?? 0) | 0x80;
  value[1] = salt[1] ?? 0;
  value[saltSize] = plain.length;
  plain.copy(value, saltSize + 1);
  const cipher = value.subarray(saltSize);
  maskBlocks(cipher, cipher, secret, Buffer.concat([requestAuthenticator, value.subarray(0, saltSize)]));
  return value;
}
