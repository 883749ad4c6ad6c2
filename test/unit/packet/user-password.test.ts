import { expect } from 'chai';
import * as fc from 'fast-check';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { hidePassword, isHiddenPasswordSize, revealPassword } from '../../../src/packet/user-password.ts';
import * as byHand from '../../peer/packet-bytes.ts';

const authenticator = Buffer.from('0f403f9473978057bd83d5cb98f4227a', 'hex');
const secret = new SharedSecret(Buffer.from('xyzzy5461'));

describe('packet/user-password (RFC 2865 section 5.2)', () => {
  it('a size is 16 to 128 octets in sixteens', () => {
    const sizes = Array.from({ length: 300 }, (_, size) => size).filter(isHiddenPasswordSize);
    expect(sizes).to.deep.equal([16, 32, 48, 64, 80, 96, 112, 128]);
  });

  for (const [size, hidden] of [
    [0, 16],
    [1, 16],
    [15, 16],
    [16, 16],
    [17, 32],
    [128, 128],
  ] as const)
    it(`${size} octets are hidden in ${hidden} and revealed again`, () => {
      const password = Buffer.alloc(size, 'x');
      const value = hidePassword(password, secret, authenticator);
      expect(value).to.have.length(hidden);
      expect(value).to.deep.equal(byHand.hidePassword(password, authenticator, 'xyzzy5461'));
      expect(revealPassword(value, secret, authenticator)).to.deep.equal(password);
    });

  it('129 octets are refused', () => {
    expect(() => hidePassword(Buffer.alloc(129), secret, authenticator)).to.throw(RangeError, /129/);
  });

  it('zeros at its end are padding, within it they stay', () => {
    const revealed = (password: Buffer): Buffer =>
      revealPassword(hidePassword(password, secret, authenticator), secret, authenticator);
    expect(revealed(Buffer.from('pass\0\0'))).to.deep.equal(Buffer.from('pass'));
    expect(revealed(Buffer.from('\0pa\0ss\0'))).to.deep.equal(Buffer.from('\0pa\0ss'));
    expect(revealed(Buffer.alloc(40))).to.deep.equal(Buffer.alloc(0));
  });

  it('does not touch what it is given', () => {
    const hidden = hidePassword(Buffer.from('secret'), secret, authenticator);
    const before = Buffer.from(hidden);
    revealPassword(hidden, secret, authenticator);
    expect(hidden).to.deep.equal(before);
  });

  it('with another secret or authenticator noise comes out', () => {
    const hidden = hidePassword(Buffer.from('secret'), secret, authenticator);
    const noise = [
      revealPassword(hidden, new SharedSecret(Buffer.from('xyzzy5462')), authenticator),
      revealPassword(hidden, secret, Buffer.alloc(16)),
    ];
    for (const each of noise) expect(each.toString('latin1')).not.to.equal('secret');
  });

  it('any octets without zeros at their end are revealed as they were hidden', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 128 }).filter((array) => array.at(-1) !== 0),
        fc.uint8Array({ minLength: 1, maxLength: 100 }),
        fc.uint8Array({ minLength: 16, maxLength: 16 }),
        (octets, key, random) => {
          const password = Buffer.from(octets);
          const own = new SharedSecret(Buffer.from(key));
          const hidden = hidePassword(password, own, Buffer.from(random));
          expect(isHiddenPasswordSize(hidden.length)).to.equal(true);
          expect(revealPassword(hidden, own, Buffer.from(random))).to.deep.equal(password);
        },
      ),
      { numRuns: 500 },
    );
  });
});
