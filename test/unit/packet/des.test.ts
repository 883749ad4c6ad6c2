import { expect } from 'chai';
import * as fc from 'fast-check';
import { addParity, desEncrypt } from '../../../src/packet/des.ts';

const key = fc.uint8Array({ minLength: 7, maxLength: 7 }).map((octets) => Buffer.from(octets));
const ones = (octet: number): number => octet.toString(2).replaceAll('0', '').length;

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

  it('spreads the bits of a key in order, and makes the number of ones in each octet odd', () => {
    fc.assert(
      fc.property(key, (octets) => {
        const spread = addParity(octets);
        const bits = [...spread].map((octet) => octet.toString(2).padStart(8, '0').slice(0, 7)).join('');
        expect(BigInt(`0b${bits}`)).to.equal(BigInt(`0x${octets.toString('hex')}`));
        expect([...spread].every((octet) => ones(octet) % 2 === 1)).to.equal(true);
      }),
    );
  });
});
