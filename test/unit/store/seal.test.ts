import { createCipheriv, createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { closeWith, keyIdOf, openWith, Seal, SealError, sealKey } from '../../../src/store/seal.ts';

const key = Buffer.alloc(32, 7);
const sealWith = (octets: Buffer, others: readonly Buffer[] = [], digestKey = octets): Seal =>
  new Seal({ key: sealKey(octets), other: (id) => others.map(sealKey).find((each) => each.id.equals(id)), digestKey });
const seal = sealWith(key);
const otherKey = Buffer.alloc(32, 8);
const other = sealWith(otherKey);
const plain = Buffer.from('12345678901234567890');

function openError(own: Seal, sealed: Buffer, owner: string): unknown {
  try {
    own.open(sealed, owner);
    return undefined;
  } catch (error) {
    return error;
  }
}

describe('store/seal (AES-256-GCM)', () => {
  for (const size of [0, 1, 20, 64, 5_000])
    it(`${size} octets are opened as they were closed, 37 octets longer in between`, () => {
      const octets = Buffer.alloc(size, 0xa5);
      const sealed = seal.close(octets, 'token:1');
      expect(sealed).to.have.length(size + 37);
      expect(seal.open(sealed, 'token:1')).to.deep.equal(octets);
    });

  it('shows nothing of what is in it, and is another each time', () => {
    const sealed = [seal.close(plain, 'token:1'), seal.close(plain, 'token:1')];
    for (const each of sealed) expect(each.includes(plain)).to.equal(false);
    expect(sealed[0]).not.to.deep.equal(sealed[1]);
  });

  it('an altered octet anywhere is found', () => {
    const sealed = seal.close(plain, 'token:1');
    for (let at = 0; at < sealed.length; at++)
      for (const bit of [1, 0x80]) {
        const altered = Buffer.from(sealed);
        altered[at] = (altered[at] ?? 0) ^ bit;
        expect(openError(seal, altered, 'token:1'), `octet ${at}`).to.be.instanceOf(SealError);
      }
    expect(seal.open(sealed, 'token:1')).to.deep.equal(plain);
  });

  it('a shortened or lengthened one is found', () => {
    const sealed = seal.close(plain, 'token:1');
    for (let size = 0; size < sealed.length; size++)
      expect(openError(seal, sealed.subarray(0, size), 'token:1'), `${size} octets`).to.be.instanceOf(SealError);
    expect(openError(seal, Buffer.concat([sealed, Buffer.of(0)]), 'token:1')).to.be.instanceOf(SealError);
  });

  it('opens for its owner alone: a key cannot be moved to another row', () => {
    const sealed = seal.close(plain, 'token:1');
    for (const owner of ['token:2', 'token:', 'token:11', 'TOKEN:1', ''])
      expect(openError(seal, sealed, owner), owner).to.be.instanceOf(SealError);
  });

  it('opens under its key alone, and says which is the matter', () => {
    const sealed = seal.close(plain, 'token:1');
    expect(String(openError(other, sealed, 'token:1'))).to.match(
      /under the key [0-9a-f]{16}, which is not in the key file/,
    );
    expect(String(openError(seal, sealed, 'token:2'))).to.match(/altered, or sealed for another row/);
    expect(String(openError(seal, plain, 'token:1'))).to.match(/not a sealed value/);
  });

  it('is AES-256-GCM as anyone computes it', () => {
    const sealed = seal.close(plain, 'token:1');
    const cipher = createCipheriv('aes-256-gcm', key, sealed.subarray(9, 21));
    cipher.setAAD(Buffer.concat([sealed.subarray(0, 9), Buffer.from('token:1')]));
    const expected = Buffer.concat([cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
    expect(sealed.subarray(21)).to.deep.equal(expected);
  });

  it('a digest is of its text, owner and key', () => {
    const digest = seal.digest(plain, 'a');
    expect(digest).to.have.length(32);
    expect(seal.digest(plain, 'a')).to.deep.equal(digest);
    const others = [
      other.digest(plain, 'a'),
      seal.digest(plain, 'b'),
      seal.digest(Buffer.from('x'), 'a'),
      seal.digest(Buffer.concat([Buffer.from('x'), plain]), ''),
      seal.digest(plain.subarray(1), `a${plain.toString().slice(0, 1)}`),
    ];
    for (const each of others) expect(each).not.to.deep.equal(digest);
  });

  it('names its key without telling it, and never prints it', () => {
    const { id } = sealKey(key);
    expect(id).to.have.length(8);
    expect(id).not.to.deep.equal(sealKey(otherKey).id);
    expect(sealKey(Buffer.from(key)).id).to.deep.equal(id);
    expect(keyIdOf(seal.close(plain, 'token:1'))).to.deep.equal(id);
    const hash = createHash('sha256').update(key).digest('hex');
    expect(hash.startsWith(id.toString('hex')), 'a plain hash of the key').to.equal(false);
    const printed = [seal, sealKey(key)]
      .map((each) => `${inspect(each, { depth: 9, showHidden: true })} ${JSON.stringify(each)}`)
      .join(' ');
    expect(printed).not.to.include('07070707').and.not.to.include('07 07 07').and.not.to.include('BwcH');
  });

  it('takes no key of another size', () => {
    for (const size of [0, 16, 31, 33])
      expect(() => sealWith(Buffer.alloc(size), [], key).close(plain, 'a'), String(size)).to.throw(Error);
  });

  describe('during a change of keys', () => {
    const both = sealWith(otherKey, [key], key);

    it('writes with the one and reads both', () => {
      const before = seal.close(plain, 'token:1');
      const after = both.close(plain, 'token:1');
      expect(keyIdOf(after)).to.deep.equal(sealKey(otherKey).id);
      expect(both.open(before, 'token:1')).to.deep.equal(plain);
      expect(both.open(after, 'token:1')).to.deep.equal(plain);
      expect(openError(both, before, 'token:2')).to.be.instanceOf(SealError);
      expect(openError(both, sealWith(Buffer.alloc(32, 9)).close(plain, 'a'), 'a')).to.be.instanceOf(SealError);
    });

    it('keeps the digests as they were: they have a key of their own', () => {
      expect(both.digest(plain, 'a')).to.deep.equal(seal.digest(plain, 'a'));
    });

    it('asks for another key only when it meets one', () => {
      const asked: string[] = [];
      const own = new Seal({
        key: sealKey(key),
        other: (id) => {
          asked.push(id.toString('hex'));
          return undefined;
        },
        digestKey: key,
      });
      own.open(own.close(plain, 'a'), 'a');
      expect(asked).to.deep.equal([]);
      openError(own, other.close(plain, 'a'), 'a');
      expect(asked).to.deep.equal([sealKey(otherKey).id.toString('hex')]);
    });

    it('closeWith and openWith are the same with a key in hand', () => {
      expect(seal.open(closeWith(sealKey(key), plain, 'a'), 'a')).to.deep.equal(plain);
      expect(openWith(sealKey(key), seal.close(plain, 'a'), 'a')).to.deep.equal(plain);
      expect(() => openWith(sealKey(otherKey), seal.close(plain, 'a'), 'a')).to.throw(SealError, /another key/);
    });
  });
});
