import { expect } from 'chai';
import type { PskcOptions } from '../../../src/import/pskc/pskc-options.ts';
import { ImportScratch, vector } from './import-scratch.ts';
import { container, keyPackage, macMethod, padding, plainKey, preshared, sealed } from './pskc-writer.ts';

const figureKeys: Readonly<Record<number, PskcOptions>> = {
  6: { presharedKey: Buffer.from('12345678901234567890123456789012', 'hex') },
  7: { password: Buffer.from('qwerty') },
};

function figure(number: number): string {
  return vector(`pskc/rfc6030-figure-${number}.xml`);
}

/** Replaces what has to be there. */
function changed(text: string, before: string | RegExp, after: string): string {
  const result = text.replace(before, after);
  if (result === text) throw new Error(`nothing to change: ${String(before)}`);
  return result;
}

describe('import/pskc: damaged files', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function refused(text: string | Uint8Array, message: RegExp, options?: PskcOptions): Promise<void> {
    const { rows, problems } = await scratch.pskc(text, options);
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(message);
  }

  for (const number of [6, 7]) {
    const text = figure(number);
    const options = figureKeys[number] ?? {};

    it(`figure ${number} with any octet of its MAC flipped is refused`, async () => {
      const [, mac = ''] = /ValueMAC>([^<\s]+)/.exec(text) ?? [];
      const octets = Buffer.from(mac, 'base64');
      expect(octets).to.have.length(20);
      for (let i = 0; i < octets.length; i++) {
        const other = Buffer.from(octets);
        other[i] = (other[i] ?? 0) ^ 1;
        await refused(text.replace(mac, other.toString('base64')), /MAC of the encrypted value is wrong/, options);
      }
    });

    it(`figure ${number} with any octet of its encrypted key flipped is refused by its MAC`, async () => {
      const [, value = ''] = /CipherValue>\s*([^<\s]+)\s*<[^>]*>\s*<[^>]*>\s*<[^>]*EncryptedValue>/.exec(text) ?? [];
      const octets = Buffer.from(value, 'base64');
      expect(octets).to.have.length(48);
      for (let i = 0; i < octets.length; i++) {
        const other = Buffer.from(octets);
        other[i] = (other[i] ?? 0) ^ 0x80;
        await refused(text.replace(value, other.toString('base64')), /MAC of the encrypted value is wrong/, options);
      }
    });

    it(`figure ${number} with a shortened, missing or empty MAC is refused`, async () => {
      const mac = /(<[^>]*ValueMAC>)[^<]*(<\/[^>]*ValueMAC>)/;
      await refused(changed(text, mac, ''), /has no ValueMAC/, options);
      await refused(changed(text, mac, '$1$2'), /MAC of the encrypted value is wrong/, options);
      await refused(changed(text, mac, '$1AAAA$2'), /MAC of the encrypted value is wrong/, options);
      await refused(changed(text, mac, '$1*$2'), /MAC of the encrypted value is wrong/, options);
    });

    it(`figure ${number} without a MACMethod, or with another one, is refused`, async () => {
      const method = /<[^>]*MACMethod[\s\S]*<\/[^>]*MACMethod>/;
      await refused(changed(text, method, ''), /Encrypted values without a MACMethod/, options);
      await refused(changed(text, 'xmldsig#hmac-sha1', 'xmldsig#hmac-md5'), /hmac-md5" is not read/, options);
      await refused(changed(text, 'xmldsig#hmac-sha1', 'xmldsig#sha1'), /#sha1" is not read/, options);
    });

    it(`figure ${number} with its MAC key damaged is refused once`, async () => {
      await refused(changed(text, /(<[^>]*CipherValue>\s*)[^<]+/, '$1AAAA'), /The MAC key does not open/, options);
      await refused(changed(text, /(<[^>]*CipherValue>\s*)[^<]+/, '$1'), /The MAC key can't be read/, options);
      await refused(changed(text, /aes128-cbc/, 'tripledes-cbc'), /MAC key can't be read.*tripledes/, options);
    });

    it(`figure ${number} with its key encrypted in another way is refused`, async () => {
      const last = text.lastIndexOf('aes128-cbc');
      const other = `${text.slice(0, last)}aes128-gcm${text.slice(last + 10)}`;
      await refused(other, /aes128-gcm" is not read: AES-CBC/, options);
    });
  }

  it('figure 7 with other parameters of PBKDF2 is refused, in no time', async () => {
    const text = figure(7);
    const options = figureKeys[7] ?? {};
    const count = '<IterationCount>1000</IterationCount>';
    for (const value of ['0', '-1', '10000001', '99999999999999999999', '', '1e3', 'many'])
      await refused(
        changed(text, count, `<IterationCount>${value}</IterationCount>`),
        /^8: The iteration count/,
        options,
      );
    await refused(changed(text, count, ''), /^8: The iteration count/, options);
    await refused(changed(text, count, '<IterationCount>1001</IterationCount>'), /not the one of this file/, options);
    await refused(changed(text, 'Ej7/PEpyEpw=', ''), /^8: The salt/, options);
    await refused(changed(text, 'Ej7/PEpyEpw=', 'x'), /^8: The salt/, options);
    await refused(changed(text, 'Ej7/PEpyEpw=', 'AAAA'.repeat(400)), /^8: The salt/, options);
    await refused(changed(text, '>16<', '>20<'), /^8: The key length/, options);
    await refused(changed(text, '>16<', '>32<'), /takes a key of 16 octets, not of 32/, options);
    await refused(changed(text, '<PRF/>', '<PRF Algorithm="urn:hmac-md5"/>'), /^8: The PRF "urn:hmac-md5"/, options);
    await refused(changed(text, 'pkcs-5v2-0#pbkdf2', 'pkcs-5v2-0#scrypt'), /^8: The key derivation .*scrypt/, options);
  });

  for (const number of [2, 3, 5, 6, 7, 9, 10])
    it(`figure ${number} cut off anywhere is refused at its last line, and says nothing wrong before`, async () => {
      const text = figure(number).trimEnd();
      const whole = await scratch.pskc(text, figureKeys[number]);
      expect(whole.problems).to.deep.equal([]);
      for (let length = 0; length < text.length; length += 97) {
        const { rows, problems } = await scratch.pskc(text.slice(0, length), figureKeys[number]);
        expect(problems, `cut at ${length}`).not.to.have.length(0);
        expect(problems.length, `cut at ${length}`).to.be.at.most(2);
        expect(problems.at(-1)).to.match(/cut off|This is not XML/);
        rows.forEach(({ key }, i) => expect(key).to.deep.equal(whole.rows[i]?.key));
      }
    });

  for (const [what, pad] of [
    ['0', (length: number) => Buffer.alloc(length)],
    ['17', (length: number) => Buffer.alloc(length, 17)],
    ['255', (length: number) => Buffer.alloc(length, 255)],
  ] as const)
    it(`a padding that says ${what} is refused, though its MAC is right`, async () => {
      const sealing = { key: Buffer.alloc(16, 1), macKey: Buffer.alloc(20, 2) };
      const wrong = sealed(plainKey, { ...sealing, padding: pad });
      const text = container(preshared, macMethod(sealing), keyPackage({ secret: wrong }));
      await refused(text, /^5: Token "1": The encrypted value does not end in a padding/, {
        presharedKey: sealing.key,
      });
    });

  it('the MAC is checked before anything is decrypted: with both wrong, it is the MAC that is told', async () => {
    const sealing = { key: Buffer.alloc(16, 1), macKey: Buffer.alloc(20, 2) };
    const wrong = sealed(plainKey, {
      ...sealing,
      macKey: Buffer.alloc(20, 3),
      padding: (length) => Buffer.alloc(length),
    });
    const text = container(preshared, macMethod(sealing), keyPackage({ secret: wrong }));
    await refused(text, /The MAC of the encrypted value is wrong/, { presharedKey: sealing.key });
  });

  for (const size of [16, 24, 32])
    for (const hash of ['sha1', 'sha256', 'sha512'] as const)
      it(`AES with ${size * 8} bits and HMAC-${hash.toUpperCase()} opens, and so do encrypted numbers`, async () => {
        const sealing = { key: Buffer.alloc(size, 1), macKey: Buffer.alloc(20, 2), hash, padding };
        const counter = Buffer.alloc(8);
        counter.writeBigInt64BE(123_456n);
        const { rows, problems } = await scratch.pskc(
          container(
            preshared,
            macMethod(sealing),
            keyPackage({
              algorithm: 'urn:ietf:params:xml:ns:keyprov:pskc:hotp',
              secret: sealed(plainKey, sealing),
              data: `<Counter>${sealed(counter, sealing)}</Counter>`,
            }),
            keyPackage({
              secret: sealed(plainKey, sealing),
              data: `<TimeInterval>${sealed(Buffer.from('60'), sealing)}</TimeInterval><TimeDrift>${sealed(Buffer.from('fffffffe', 'hex'), sealing)}</TimeDrift>`,
            }),
          ),
          { presharedKey: sealing.key },
        );
        expect(problems).to.deep.equal([]);
        expect(rows).to.have.length(2);
        expect(rows[0]).to.deep.include({ key: plainKey, counter: 123_456 });
        expect(rows[1]).to.deep.include({ key: plainKey, period: 60, drift: -2 });
      });

  it('one package with a wrong MAC does not stop the others', async () => {
    const sealing = { key: Buffer.alloc(16, 1), macKey: Buffer.alloc(20, 2) };
    const good = sealed(plainKey, sealing);
    const bad = sealed(plainKey, { ...sealing, macKey: Buffer.alloc(20, 3) });
    const { rows, problems } = await scratch.pskc(
      container(
        preshared,
        macMethod(sealing),
        keyPackage({ serial: 'a', secret: good }),
        keyPackage({ serial: 'b', secret: bad }),
        keyPackage({ serial: 'c', secret: good }),
      ),
      { presharedKey: sealing.key },
    );
    expect(rows.map(({ serial, place }) => [serial, place.line])).to.deep.equal([
      ['a', 5],
      ['c', 7],
    ]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^6: Token "b": The MAC of the encrypted value is wrong/);
  });

  it('a plain package in an encrypted file needs no key; the first encrypted one does', async () => {
    const sealing = { key: Buffer.alloc(16, 1), macKey: Buffer.alloc(20, 2) };
    const { rows, problems } = await scratch.pskc(
      container(
        preshared,
        macMethod(sealing),
        keyPackage(),
        keyPackage({ secret: sealed(plainKey, sealing) }),
        keyPackage(),
      ),
    );
    expect(rows).to.have.length(1);
    expect(problems).to.deep.equal([
      '3: Encrypted with a pre-shared key named "Pre-shared-key": give it with --key-file.',
    ]);
  });

  it('without a MACKey the key of the values is that of the MACs; a reference to one elsewhere is refused', async () => {
    const key = Buffer.alloc(16, 1);
    const secret = sealed(plainKey, { key, macKey: key });
    const method = (inner: string): string => `<MACMethod Algorithm="urn:hmac-sha1">${inner}</MACMethod>`;
    const opened = await scratch.pskc(container(preshared, method(''), keyPackage({ secret })), { presharedKey: key });
    expect(opened.problems).to.deep.equal([]);
    expect(opened.rows[0]?.key).to.deep.equal(plainKey);
    await refused(
      container(preshared, method('<MACKeyReference>x</MACKeyReference>'), keyPackage({ secret })),
      /^4: The MAC key is not in the file/,
      { presharedKey: key },
    );
  });
});
