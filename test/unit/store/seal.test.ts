import { createCipheriv, createHash } from 'node:crypto';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { Seal, SealError } from '../../../src/store/seal.ts';

const key = Buffer.alloc(32, 7);
const seal = new Seal(key);
const other = new Seal(Buffer.alloc(32, 8));
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
    expect(String(openError(other, sealed, 'token:1'))).to.match(/another key/);
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
    expect(seal.keyId).to.match(/^[0-9a-f]{16}$/);
    expect(seal.keyId).not.to.equal(other.keyId);
    expect(new Seal(Buffer.from(key)).keyId).to.equal(seal.keyId);
    expect(createHash('sha256').update(key).digest('hex').startsWith(seal.keyId), 'a plain hash of the key').to.equal(
      false,
    );
    const printed = `${inspect(seal, { depth: 9, showHidden: true })} ${JSON.stringify(seal)}`;
    expect(printed).not.to.include('07070707').and.not.to.include('07 07 07').and.not.to.include('BwcH');
  });

  it('takes no key of another size', () => {
    for (const size of [0, 16, 31, 33])
      expect(() => new Seal(Buffer.alloc(size)).close(plain, 'a'), String(size)).to.throw(Error);
  });
});
