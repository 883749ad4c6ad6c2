import { createHmac } from 'node:crypto';
import { expect } from 'chai';
import { array, assert, property, uint8Array, type Arbitrary } from 'fast-check';
import { HmacKey } from '../../src/hmac.ts';

describe('hmac', () => {
  for (const algorithm of ['md5', 'sha1', 'sha256', 'sha512'] as const)
    it(`${algorithm} is what node:crypto's Hmac computes, for keys and pieces of any length`, () => {
      const octets = (most: number): Arbitrary<Buffer> =>
        uint8Array({ minLength: 0, maxLength: most }).map((value) => Buffer.from(value));
      assert(
        property(octets(200), array(octets(300), { maxLength: 4 }), (key, pieces) => {
          const own = new HmacKey(algorithm, key);
          const expected = createHmac(algorithm, key).update(Buffer.concat(pieces)).digest();
          expect(own.digest(...pieces).equals(expected)).to.equal(true);
          // A key is used many times.
          expect(own.digest(...pieces).equals(expected)).to.equal(true);
        }),
      );
    });
});
