import { createCipheriv } from 'node:crypto';

/**
 * DES of one block of 8 octets (FIPS 46-3), as MS-CHAP uses it: RFC 2759 §8.6 DesEncrypt. Node's OpenSSL has no single DES any more; triple DES
 * with the same key three times is it.
 * @param key 7 octets, without parity
 */
export function desEncrypt(block: Buffer, key: Buffer): Buffer {
  const once = spread(key);
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([once, once, once]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** Spreads 7 octets over 8, seven bits each: RFC 2759 §9.3. The lowest bit is for parity, which DES leaves out. */
function spread(key: Buffer): Buffer {
  const bits = key.reduce((all, octet) => (all << 8n) | BigInt(octet), 0n);
  return Buffer.from(Array.from({ length: 8 }, (_, index) => Number((bits >> BigInt(7 * (7 - index))) & 0x7fn) << 1));
}
