import { createDecipheriv } from 'node:crypto';
import type { Cipher } from './algorithms.ts';

/** The block of AES, in octets. */
const block = 16;

/**
 * Decrypts CBC with the initialisation vector in front and the padding of XML Encryption §5.2: its last octet tells its length, the others
 * are anything.
 * @param key of the cipher's size
 * @returns undefined if the size is wrong or the padding is none
 */
export function decryptCbc(cipher: Cipher, key: Buffer, value: Buffer): Buffer | undefined {
  if (value.length < 2 * block || value.length % block !== 0) return undefined;
  const decipher = createDecipheriv(cipher.name, key, value.subarray(0, block)).setAutoPadding(false);
  const padded = Buffer.concat([decipher.update(value.subarray(block)), decipher.final()]);
  const padding = padded.at(-1) ?? 0;
  return padding >= 1 && padding <= block ? padded.subarray(0, padded.length - padding) : undefined;
}
