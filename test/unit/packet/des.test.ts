import { createCipheriv } from 'node:crypto';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { desEncrypt } from '../../../src/packet/des.ts';

const key = fc.uint8Array({ minLength: 7, maxLength: 7 }).map((octets) => Buffer.from(octets));

describe('packet: DES', () => {
  it('encrypts as FIPS 46-3 does: the variable key known answers of NIST SP 800-17, table B.3', () => {
    // The key of table B.3, round 0 has one bit; here it stands without its parity bits.
    expect(desEncrypt(Buffer.alloc(8), Buffer.from('80000000000000', 'hex')).toString('hex')).to.equal(
      '95a8d72813daa94d',
    );
    expect(desEncrypt(Buffer.alloc(8), Buffer.from('40000000000000', 'hex')).toString('hex')).to.equal(
      '0eec1487dd8c26d5',
    );
  });

  it('spreads the bits of a key in order', () => {
    fc.assert(
      fc.property(key, (octets) => {
        const bits = BigInt(`0x${octets.toString('hex')}`)
          .toString(2)
          .padStart(56, '0');
        const spread = Buffer.from((bits.match(/.{7}/g) ?? []).map((seven) => Number.parseInt(`${seven}0`, 2)));
        const cipher = createCipheriv('des-ede3-ecb', Buffer.concat([spread, spread, spread]), null);
        expect(desEncrypt(Buffer.alloc(8), octets)).to.deep.equal(cipher.update(Buffer.alloc(8)));
      }),
    );
  });
});
