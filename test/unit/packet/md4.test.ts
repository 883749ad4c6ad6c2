import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { md4 } from '../../../src/packet/md4.ts';
import { readVectors } from '../../support/read-vectors.ts';

describe('packet: MD4, RFC 1320 appendix A.5', () => {
  const vectors = readVectors('rfc1320-a5.txt');

  for (const [rest, digest] of vectors.startingWith('"'))
    it(`the digest of "${rest}`, () => {
      expect(md4(Buffer.from(rest.slice(0, -1))).toString('hex')).to.equal(digest);
    });

  it('has all the vectors of the RFC', () => {
    expect(vectors.startingWith('"')).to.have.length(7);
  });

  it('the digests of every length around the ends of blocks', () => {
    const all = createHash('sha256');
    for (let n = 0; n <= 200; n++) all.update(md4(Buffer.from(Array.from({ length: n }, (_, i) => 7 * i + n))));
    expect(all.digest('hex')).to.equal(vectors.text('0 to 200 octets'));
  });
});
