import { expect } from 'chai';
import { assert, property, uint8Array } from 'fast-check';
import { base32, fromBase32, grouped } from '../../../src/base32.ts';
import { readKey } from '../../../src/cli/input/read-key.ts';

describe('cli/base32', () => {
  // RFC 4648 §10.
  const vectors = { f: 'MY', fo: 'MZXQ', foo: 'MZXW6', foob: 'MZXW6YQ', fooba: 'MZXW6YTB', foobar: 'MZXW6YTBOI' };

  it('gives and takes the vectors of RFC 4648 §10, with and without padding', () => {
    expect(base32(Buffer.alloc(0))).to.equal('');
    for (const [text, encoded] of Object.entries(vectors)) {
      expect(base32(Buffer.from(text))).to.equal(encoded);
      expect(String(fromBase32(encoded))).to.equal(text);
      expect(String(fromBase32(encoded.padEnd(8 * Math.ceil(encoded.length / 8), '=')))).to.equal(text);
    }
  });

  it('takes back any octets, in groups, in small letters', () => {
    assert(
      property(uint8Array({ maxLength: 80 }), (octets) => {
        const text = grouped(base32(octets)).toLowerCase();
        expect(fromBase32(text)?.equals(octets)).to.equal(true);
      }),
    );
  });

  it('refuses other letters, padding within, and what is no whole number of octets', () => {
    for (const text of ['M', 'MZX', 'MZXW6Y', 'M0', 'M1', 'M8', 'MY=Q', 'MÄ', '=======', 'MY=======', 'M.Y'])
      expect([text, fromBase32(text)]).to.deep.equal([text, undefined]);
  });
});

describe('cli/read-key', () => {
  const of = (size: number): string => base32(Buffer.alloc(size, 7));

  it('takes 10 to 64 octets, and warns below 16', () => {
    for (const size of [10, 15, 16, 64]) {
      const { key, warning } = readKey(of(size));
      expect([key.length, warning !== undefined]).to.deep.equal([size, size < 16]);
    }
    expect(readKey(of(10)).warning)
      .to.contain('10 octets')
      .and.contain('RFC 4226');
  });

  it('refuses others without quoting them', () => {
    expect(() => readKey(of(9))).to.throw('the secret is 9 octets long; it must have 10 to 64');
    expect(() => readKey(of(65))).to.throw('65 octets');
    expect(() => readKey('GEZDGNBVGY3TQOJ1')).to.throw(/^the secret is not base32(?!.*GEZD)/);
    expect(() => readKey('')).to.throw('0 octets');
  });
});
