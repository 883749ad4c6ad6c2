import { expect } from 'chai';
import * as fc from 'fast-check';
import { textAttributes } from '../../../src/packet/text.ts';

const pieces = (text: string): Buffer[] =>
  textAttributes(18, text).map(({ type, value }) => {
    expect(type).to.equal(18);
    return value;
  });
const utf8 = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });

describe('packet/text (RFC 2865 section 5)', () => {
  it('253 octets are one attribute, 254 are two, none are none', () => {
    expect(pieces('')).to.deep.equal([]);
    expect(pieces('x'.repeat(253)).map(({ length }) => length)).to.deep.equal([253]);
    expect(pieces('x'.repeat(254)).map(({ length }) => length)).to.deep.equal([253, 1]);
  });

  for (const [character, sizes] of [
    ['\u00e9', [252, 252, 96]],
    ['\u20ac', [252, 252, 96]],
    ['\u{1f511}', [252, 252, 96]],
  ] as const)
    it(`${Buffer.byteLength(character)} octets of one character stay together`, () => {
      const text = character.repeat(600 / Buffer.byteLength(character));
      expect(pieces(text).map(({ length }) => length)).to.deep.equal(sizes);
      expect(
        pieces(text)
          .map((piece) => utf8.decode(piece))
          .join(''),
      ).to.equal(text);
    });

  it('a character that ends at the 253rd octet is not cut off', () => {
    expect(pieces(`${'x'.repeat(251)}\u00e9z`).map(({ length }) => length)).to.deep.equal([253, 1]);
    expect(pieces(`${'x'.repeat(252)}\u00e9z`).map(({ length }) => length)).to.deep.equal([252, 3]);
  });

  it('any text comes together again, each piece is text of 1 to 253 octets', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 900 }), (text) => {
        const parts = pieces(text);
        for (const part of parts) expect(part.length).to.be.within(1, 253);
        expect(parts.map((part) => utf8.decode(part)).join('')).to.equal(text);
      }),
      { numRuns: 300 },
    );
  });
});
