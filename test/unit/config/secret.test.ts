import { inspect } from 'node:util';
import { expect } from 'chai';
import { Secret } from '../../../src/config/secret.ts';

describe('config: Secret', () => {
  const secret = new Secret('pässword');

  it('holds text as UTF-8 and octets as they are', () => {
    expect(secret.bytes.toString('hex')).to.equal('70c3a47373776f7264');
    expect([...new Secret(Buffer.from([0xff, 0x00])).bytes]).to.deep.equal([0xff, 0x00]);
  });

  it('prints as [secret], whichever way', () => {
    const holder = { secret };
    for (const text of [
      String(secret),
      JSON.stringify(holder),
      inspect(holder, { showHidden: true, depth: null }),
      JSON.stringify(Object.assign({}, secret)),
      JSON.stringify(structuredClone(secret)),
    ]) {
      expect(text).not.to.contain('ssword');
      expect(text).not.to.contain('112,195'); // its octets as numbers
    }
    expect(String(secret)).to.equal('[secret]');
    expect(JSON.stringify(holder)).to.equal('{"secret":"[secret]"}');
    expect(inspect(holder)).to.equal('{ secret: [secret] }');
  });

  it('is never empty', () => {
    expect(() => new Secret('')).to.throw(RangeError);
  });
});
