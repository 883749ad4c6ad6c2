import { expect } from 'chai';
import * as fc from 'fast-check';
import { Answer, resultCodeOf } from '../../../../src/primary/ldap/ldap-result.ts';

/** A BindResponse: RFC 4511 §4.2.2. */
const answer = (code: number): Buffer => Buffer.from([0x30, 0x0c, 2, 1, 1, 0x61, 7, 0x0a, 1, code, 4, 0, 4, 0]);
/** The same in the long form of lengths, as Active Directory writes them. */
const long = Buffer.from('3084000000100201016184000000070a010004000400', 'hex');

describe('primary/ldap/ldap-result', () => {
  it('is the code of the one answer', () => {
    expect([answer(0), answer(49), long].map((octets) => resultCodeOf(octets, Answer.bind))).to.deep.equal([0, 49, 0]);
  });

  it('is none while the answer is not all there', () => {
    for (const octets of [answer(0), long])
      for (let length = 0; length < octets.length; length++)
        expect(resultCodeOf(octets.subarray(0, length), Answer.bind), `${length} octets`).to.equal(undefined);
  });

  for (const [what, hex] of [
    ['something behind the answer', '300c02010161070a01000400040030'],
    ['two answers', '300c02010161070a010004000400'.repeat(2)],
    ['the answer to another question', '300c02010178070a010004000400'],
    ['no result code', '300702010161020400'],
    ['an empty answer', '30050201016100'],
    ['a boolean for the result code', '300c020101610701010004000400'],
    ['a result code of no octets', '300b02010161060a0004000400'],
    ['a result code of two octets', '300d02010161080a02000004000400'],
    ['an indefinite length', '308002010161070a0100040004000000'],
    ['no sequence', '310c02010161070a010004000400'],
  ] as const)
    it(`${what} is no success`, () => {
      expect(() => resultCodeOf(Buffer.from(hex, 'hex'), Answer.bind)).to.throw(RangeError);
    });

  it('nothing but an answer with code 0 is a success', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 40 }), (bytes) => {
        const octets = Buffer.from(bytes);
        let code: number | undefined;
        try {
          code = resultCodeOf(octets, Answer.bind);
        } catch (error) {
          expect(error).to.be.instanceOf(RangeError);
        }
        if (code === 0) expect(octets.includes(Buffer.of(0x0a, 1, 0))).to.equal(true);
      }),
    );
  });
});
