import { createCipheriv } from 'node:crypto';

/**
 * DES of one block of 8 octets (FIPS 46-3), as MS-CHAP uses it: RFC 2759 §8.6 DesEncrypt. Node's OpenSSL has no single DES any more; triple DES
 * with the same key three times is it.
 * @param key 7 octets, without parity
 */
export function desEncrypt(block: Buffer, key: Buffer): Buffer {
  const withParity = addParity(key);
  const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([withParity, withParity, withParity]), null);
  cipher.setAutoPadding(false);
  return Buffer.concat([cipher.update(block), cipher.final()]);
}

/** Spreads 7 octets over 8, seven bits each, with the lowest bit set so that the number of bits is odd: RFC 2759 §9.3. */
export function addParity(key: Buffer): Buffer {
  const bits = key.reduce((all, octet) => (all << 8n) | BigInt(octet), 0n);
  return Buffer.from(
    Array.from({ length: 8 }, (_, index) => {
      const seven = Number((bits >> BigInt(7 * (7 - index))) & 0x7fn);
      let ones = 0;
      for (let rest = seven; rest > 0; rest >>= 1) ones += rest & 1;
      return (seven << 1) | (1 - (ones % 2));
    }),
  );
}
