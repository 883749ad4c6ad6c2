import { createHash } from 'node:crypto';
import { expect } from 'chai';
import * as fc from 'fast-check';
import { hide, reveal, type Granted } from '../../../src/packet/granted.ts';
import type { Attribute } from '../../../src/packet/packet.ts';
import { hideSalted, revealSalted } from '../../../src/packet/salted.ts';
import { SharedSecret } from '../../../src/packet/shared-secret.ts';
import { hidePassword } from '../../../src/packet/user-password.ts';
import { vendorAttributes } from '../../../src/packet/vendor-specific.ts';
import { attribute, vendorAttribute } from '../../peer/packet-bytes.ts';

/** RFC 2548 section 2.4.2, written down from its formulas: c(i) = p(i) xor MD5(S + c(i-1)), c(0) = R + A. */
function saltedByHand(plain: Buffer, salt: Buffer, secret: string, requestAuthenticator: Buffer): Buffer {
  const padded = Buffer.alloc(Math.ceil((plain.length + 1) / 16) * 16);
  padded[0] = plain.length;
  plain.copy(padded, 1);
  const pieces: Buffer[] = [salt];
  let before = Buffer.concat([requestAuthenticator, salt]);
  for (let at = 0; at < padded.length; at += 16) {
    const pad = createHash('md5').update(secret).update(before).digest();
    before = Buffer.from(padded.subarray(at, at + 16).map((octet, i) => octet ^ (pad[i] ?? 0)));
    pieces.push(before);
  }
  return Buffer.concat(pieces);
}

const [one, two] = ['between us and the upstream', 'between us and the NAS'] as const;
const hop = (secret: string, octet: number) => ({
  secret: new SharedSecret(Buffer.from(secret)),
  requestAuthenticator: Buffer.alloc(16, octet),
});
const upstream = hop(one, 0x11);
const downstream = hop(two, 0x22);
const salt = Buffer.of(0x80, 0x01);
const sendKey = Buffer.from('00112233445566778899aabbccddeeff', 'hex');
const recvKey = Buffer.from('ffeeddccbbaa99887766554433221100ff', 'hex');

describe('packet/salted (RFC 2548 section 2.4.2, RFC 2868 section 3.5)', () => {
  for (const size of [0, 1, 15, 16, 31, 32, 239])
    it(`${size} octets are hidden as the formulas say, and revealed`, () => {
      const plain = Buffer.alloc(size, 0xc5);
      const hidden = hideSalted(plain, salt, upstream.secret, upstream.requestAuthenticator);
      expect(hidden).to.deep.equal(saltedByHand(plain, salt, one, upstream.requestAuthenticator));
      expect(revealSalted(hidden, upstream.secret, upstream.requestAuthenticator)).to.deep.equal(plain);
    });

  it('sets the top bit of the salt', () => {
    const hidden = hideSalted(sendKey, Buffer.of(0x12, 0x34), upstream.secret, upstream.requestAuthenticator);
    expect(hidden.subarray(0, 2)).to.deep.equal(Buffer.of(0x92, 0x34));
  });

  it('240 octets do not fit', () => {
    expect(() => hideSalted(Buffer.alloc(240), salt, upstream.secret, upstream.requestAuthenticator)).to.throw(
      RangeError,
    );
  });

  for (const size of [0, 1, 2, 17, 19, 33])
    it(`a value of ${size} octets is no salt and whole blocks`, () => {
      expect(revealSalted(Buffer.alloc(size), upstream.secret, upstream.requestAuthenticator)).to.equal(undefined);
    });

  it('a length that says more than there is, as with a wrong secret, reveals nothing', () => {
    const lying = Buffer.alloc(16);
    lying[0] = 16;
    const pad = createHash('md5').update(one).update(upstream.requestAuthenticator).update(salt).digest();
    const hidden = Buffer.concat([salt, Buffer.from(lying.map((octet, i) => octet ^ (pad[i] ?? 0)))]);
    expect(revealSalted(hidden, upstream.secret, upstream.requestAuthenticator)).to.equal(undefined);
    hidden[2] = (hidden[2] ?? 0) ^ 16 ^ 15;
    expect(revealSalted(hidden, upstream.secret, upstream.requestAuthenticator)).to.have.length(15);
  });

  it('any octets are revealed as they were hidden', () => {
    fc.assert(
      fc.property(
        fc.uint8Array({ maxLength: 239 }),
        fc.uint8Array({ minLength: 2, maxLength: 2 }),
        (octets, random) => {
          const plain = Buffer.from(octets);
          const hidden = hideSalted(plain, Buffer.from(random), upstream.secret, upstream.requestAuthenticator);
          expect(revealSalted(hidden, upstream.secret, upstream.requestAuthenticator)).to.deep.equal(plain);
        },
      ),
      { numRuns: 300 },
    );
  });
});

describe('packet/granted: from one hop to the next', () => {
  const key = (type: number, plain: Buffer, ownSalt: Buffer): Attribute =>
    vendorAttribute(311, type, saltedByHand(plain, ownSalt, one, upstream.requestAuthenticator));
  const tunnelPassword = (plain: string, tag: number): Attribute =>
    attribute(
      69,
      Buffer.concat([Buffer.of(tag), saltedByHand(Buffer.from(plain), salt, one, upstream.requestAuthenticator)]),
    );

  it('MS-MPPE keys and Tunnel-Passwords are encrypted anew, all else passes byte-exact and in order', () => {
    const received: Attribute[] = [
      attribute(25, Buffer.of(0, 255, 0)),
      key(16, sendKey, Buffer.of(0x80, 0x02)),
      vendorAttribute(9, 1, 'shell:priv-lvl=15'),
      key(17, recvKey, Buffer.of(0x80, 0x03)),
      tunnelPassword('the tunnel', 3),
      attribute(0xf5, 'nobody knows it'),
    ];
    const sent = hide(reveal(received, upstream), downstream, Buffer.of(0x7f, 0xff));
    expect(sent.map(({ type }) => type)).to.deep.equal(received.map(({ type }) => type));
    for (const i of [0, 2, 5]) expect(sent[i]).to.deep.equal(received[i]);

    const hiddenAgain = (i: number): Buffer => {
      const inside = vendorAttributes(sent[i]?.value ?? Buffer.alloc(0)) ?? [];
      return sent[i]?.type === 69
        ? (sent[i]?.value.subarray(1) ?? Buffer.alloc(0))
        : (inside[0]?.value ?? Buffer.alloc(0));
    };
    for (const [i, plain] of [
      [1, sendKey],
      [3, recvKey],
      [4, Buffer.from('the tunnel')],
    ] as const) {
      const value = hiddenAgain(i);
      expect(value).to.deep.equal(
        saltedByHand(plain, value.subarray(0, 2), two, downstream.requestAuthenticator),
        `attribute ${i}`,
      );
      expect((value[0] ?? 0) & 0x80, 'top bit of the salt').to.equal(0x80);
    }
    expect(sent[4]?.value[0], 'the tag').to.equal(3);
    const salts = [1, 3, 4].map((i) => hiddenAgain(i).subarray(0, 2).toString('hex'));
    expect(new Set(salts).size, 'every salt is unique in the packet').to.equal(3);
    expect(vendorAttributes(sent[1]?.value ?? Buffer.alloc(0))?.[0]).to.include({ vendor: 311, type: 16 });
    expect(vendorAttributes(sent[3]?.value ?? Buffer.alloc(0))?.[0]).to.include({ vendor: 311, type: 17 });
  });

  it('salts stay unique where they wrap', () => {
    const keys = Array.from({ length: 5 }, (): Granted => ({ kind: 'mppe-key', type: 16, value: sendKey }));
    const salts = hide(keys, downstream, Buffer.of(0xff, 0xfe)).map(({ value }) =>
      value.subarray(6, 8).toString('hex'),
    );
    expect(new Set(salts).size).to.equal(5);
    for (const each of salts) expect(Number.parseInt(each, 16)).to.be.at.least(0x8000);
  });

  it('keys among others in one Vendor-Specific are split off, the others pass', () => {
    const [other] = vendorAttributes(vendorAttribute(311, 7, 'policy').value) ?? [];
    const inside = Buffer.concat([
      vendorAttribute(311, 7, 'policy').value,
      key(16, sendKey, salt).value.subarray(4),
      key(17, recvKey, Buffer.of(0x80, 9)).value.subarray(4),
    ]);
    expect(reveal([attribute(26, inside)], upstream)).to.deep.equal([
      { kind: 'plain', ...vendorAttribute(311, 7, 'policy') },
      { kind: 'mppe-key', type: 16, value: sendKey },
      { kind: 'mppe-key', type: 17, value: recvKey },
    ]);
    expect(other?.value.toString()).to.equal('policy');
  });

  it('MS-CHAP-MPPE-Keys are hidden as a User-Password is, zeros at their end and all (RFC 2548 section 2.4.1)', () => {
    const keys = Buffer.concat([Buffer.alloc(24, 0xa7), Buffer.alloc(8)]);
    const hidden = hidePassword(keys, upstream.secret, upstream.requestAuthenticator);
    const revealed = reveal([vendorAttribute(311, 12, hidden)], upstream);
    expect(revealed).to.deep.equal([{ kind: 'chap-mppe-keys', value: keys }]);
    const again = hidePassword(keys, downstream.secret, downstream.requestAuthenticator);
    expect(hide(revealed, downstream, salt)).to.deep.equal([vendorAttribute(311, 12, again)]);
    expect(reveal([vendorAttribute(311, 12, hidden.subarray(1))], upstream), 'of another size').to.deep.equal([]);
  });

  it('what cannot be decrypted is left out, never passed on as noise', () => {
    const broken = [vendorAttribute(311, 16, Buffer.alloc(17)), attribute(69, Buffer.alloc(1)), attribute(69, '')];
    expect(reveal([...broken, attribute(25, 'stays')], upstream)).to.deep.equal([
      { kind: 'plain', type: 25, value: Buffer.from('stays') },
    ]);
  });

  it('the same number under another vendor is no key, and a broken Vendor-Specific passes as it is', () => {
    const others = [vendorAttribute(9, 16, Buffer.alloc(18, 1)), attribute(26, Buffer.of(0, 0, 1, 0x37, 16, 99))];
    expect(hide(reveal(others, upstream), downstream, salt)).to.deep.equal(others);
  });
});
