import { expect } from 'chai';
import { importPskc } from '../../../src/import/import-pskc.ts';
import type { PskcOptions } from '../../../src/import/pskc/pskc-options.ts';
import type { TokenRow } from '../../../src/import/token-row.ts';
import { ImportScratch, type Imported, sorted, vector, vectorFile } from './import-scratch.ts';
import { container, keyPackage, macMethod, plainKey, preshared, sealed } from './pskc-writer.ts';

function file(name: string, options?: PskcOptions): Promise<Imported<TokenRow>> {
  return sorted(importPskc(vectorFile(`pskc/${name}`), options));
}

const none = { user: null, model: null, validFrom: null, validUntil: null, notes: [] };

describe('import/pskc: as vendors and drafts write it', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  it('Feitian: default namespace, dates in the policy', async () => {
    const { rows, problems } = await file('feitian.xml');
    expect(problems).to.deep.equal([]);
    expect(rows.map(({ place: _place, ...row }) => row)).to.deep.equal([
      {
        ...none,
        type: 'totp',
        serial: '0026000000017',
        keyId: '0026000000017',
        key: plainKey,
        algorithm: 'sha1',
        digits: 6,
        period: 60,
        drift: 0,
        manufacturer: 'FeiTian Technology Co.,Ltd',
        validFrom: Date.parse('2024-03-01T00:00:00Z'),
        validUntil: Date.parse('2031-12-31T23:59:59Z'),
      },
      {
        ...none,
        type: 'hotp',
        serial: '0010000000025',
        keyId: '0010000000025',
        key: plainKey,
        algorithm: 'sha1',
        digits: 6,
        counter: 7,
        manufacturer: 'FeiTian Technology Co.,Ltd',
      },
    ]);
  });

  it('Yubico: HOTP imports, its own codes are refused', async () => {
    const { rows, problems } = await file('yubico.xml');
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      ...none,
      type: 'hotp',
      serial: '1234567',
      key: plainKey,
      manufacturer: 'Yubico',
    });
    expect(problems).to.deep.equal([
      '4: Token "1234568": The algorithm "http://www.yubico.com/#yubikey-aes" is not one that radgate can check: HOTP and TOTP are.',
    ]);
  });

  it('Gemalto: prefixes, SHA-256, drift, references, CDATA and an extension', async () => {
    const { rows, problems } = await file('gemalto.xml');
    expect(problems).to.deep.equal([]);
    expect(rows.map(({ place: _place, ...row }) => row)).to.deep.equal([
      {
        ...none,
        type: 'totp',
        serial: 'GALT00000001',
        keyId: 'GALT00000001#1',
        key: Buffer.from(Array.from({ length: 32 }, (_, i) => i)),
        algorithm: 'sha256',
        digits: 8,
        period: 30,
        drift: -2,
        manufacturer: 'Smith & Sons',
        model: 'Ezio <Pico>',
      },
    ]);
  });

  it('Symantec: the OATH draft of 2006', async () => {
    const { rows, problems } = await file('symantec-oath-2006.xml');
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      ...none,
      type: 'hotp',
      serial: 'VSST00000001',
      key: plainKey,
      digits: 6,
      counter: 12,
      manufacturer: 'Symantec',
      validUntil: Date.parse('2030-02-01T00:00:00Z'),
    });
  });

  it('ActivIdentity: an early draft', async () => {
    const { rows, problems } = await file('actividentity-draft.xml');
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      ...none,
      type: 'hotp',
      serial: '0990000001',
      key: plainKey,
      digits: 8,
      counter: 300,
      manufacturer: 'ActivIdentity',
    });
  });

  it('an early draft that is encrypted is refused: its MAC is over what was encrypted', async () => {
    const text = vector('pskc/actividentity-draft.xml').replace(
      '<Device>',
      '<EncryptionMethod Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/>\n<Device>',
    );
    const { rows, problems } = await scratch.pskc(text, { presharedKey: Buffer.alloc(16) });
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^3: Encrypted with .*aes128-cbc" in the manner of a draft/);
  });

  it('the IETF drafts: two keys of one device, and what the second is for', async () => {
    const { rows, problems } = await file('ietf-draft.xml');
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(2);
    expect(rows[0]).to.deep.include({ ...none, type: 'totp', user: 'alice', period: 30, drift: 4, digits: 6 });
    expect(rows[1]).to.deep.include({
      type: 'hotp',
      serial: '000987',
      counter: 5,
      digits: 8,
      validFrom: Date.parse('2024-01-01T00:00:00Z'),
      validUntil: Date.parse('2025-01-01T00:00:00Z'),
      notes: ['Its policy does not allow it for one-time passwords, but for "CR".'],
    });
  });

  it('the IETF drafts: MACAlgorithm as an element, PBES2 around the cipher', async () => {
    const key = Buffer.alloc(16, 1);
    const value = sealed(plainKey, { key, macKey: key }).replace(
      /<xenc:EncryptionMethod Algorithm="([^"]*)"\/>/,
      '<xenc:EncryptionMethod Algorithm="urn:pbes2"><EncryptionScheme Algorithm="$1"/></xenc:EncryptionMethod>',
    );
    const mac = '<MACAlgorithm>http://www.w3.org/2000/09/xmldsig#hmac-sha1\n</MACAlgorithm>';
    const { rows, problems } = await scratch.pskc(container(preshared, mac, keyPackage({ secret: value })), {
      presharedKey: key,
    });
    expect(problems).to.deep.equal([]);
    expect(rows.map((row) => row.key)).to.deep.equal([plainKey]);
  });

  for (const [name, options] of [
    ['csv2pskc-plain.xml', {}],
    ['csv2pskc-key.xml', { presharedKey: Buffer.from('12345678901234567890123456789012', 'hex') }],
    ['csv2pskc-password.xml', { password: Buffer.from('correct horse') }],
    ['pskctool-signed.xml', {}],
  ] as const)
    it(`${name}, as that program made it`, async () => {
      const { rows, problems } = await file(name, options);
      expect(problems).to.deep.equal([]);
      const signed = name.startsWith('pskctool') ? ['The file is signed; its signature was not checked.'] : [];
      expect(rows.map(({ place: _place, ...row }) => row)).to.deep.equal([
        {
          ...none,
          type: 'totp',
          serial: '000123',
          keyId: 'T-1',
          user: 'alice',
          key: Buffer.from('12345678901234567890'),
          algorithm: 'sha1',
          digits: 6,
          period: 60,
          drift: 0,
          manufacturer: 'Example Tokens',
          model: 'M1',
        },
        {
          ...none,
          type: 'hotp',
          serial: '000124',
          keyId: 'H-1',
          key: Buffer.from('00112233445566778899aabbccddeeff00112233', 'hex'),
          algorithm: 'sha1',
          digits: 8,
          counter: 42,
          manufacturer: 'Example Tokens',
          model: 'M2',
          notes: signed,
        },
      ]);
    });

  describe('namespaces', () => {
    const sealing = { key: Buffer.alloc(16, 1), macKey: Buffer.alloc(20, 2) };
    const text = container(preshared, macMethod(sealing), keyPackage({ secret: sealed(plainKey, sealing) }));
    const prefixed = text.replaceAll(/<(\/?)(?=[A-Z])/g, '<$1k:').replace('xmlns="', 'xmlns:k="');
    const moved = text
      .replace(/ xmlns:(?:ds|xenc)="[^"]*"/g, '')
      .replaceAll(/<xenc:(EncryptionMethod|CipherData)/g, '<xenc:$1 xmlns:xenc="http://www.w3.org/2001/04/xmlenc#"')
      .replace('<ds:KeyName', '<ds:KeyName xmlns:ds="http://www.w3.org/2000/09/xmldsig#"');

    for (const [what, shape] of [
      ['default', text],
      ['a prefix', prefixed],
      ['a prefix with other characters', prefixed.replaceAll(/(?<=<\/?|xmlns:)k(?=[:=])/g, 'my-pskc.v1')],
      ['declared where they are used', moved],
      ['of the draft with a version', text.replace('keyprov:pskc"', 'keyprov:pskc:1.0"')],
      ['of OATH', text.replace(/xmlns="[^"]*"/, 'xmlns="http://www.openauthentication.org/OATH/2006/10/PSKC"')],
      ["of a vendor's own", text.replace(/xmlns="[^"]*"/, 'xmlns="http://vendor.example/2011/seeds"')],
      ['none', text.replace(/ xmlns="[^"]*"/, '')],
      [
        'redeclared on each package',
        text.replace('<KeyPackage>', '<KeyPackage xmlns="urn:ietf:params:xml:ns:keyprov:pskc">'),
      ],
    ] as const)
      it(what, async () => {
        const { rows, problems } = await scratch.pskc(shape, { presharedKey: sealing.key });
        expect(problems).to.deep.equal([]);
        expect(rows.map(({ key, serial }) => [key, serial])).to.deep.equal([[plainKey, '1']]);
      });

    it('elements of an extension are not taken for those of PSKC', async () => {
      const foreign = '<v:SerialNo xmlns:v="http://vendor.example/">2</v:SerialNo>';
      const { rows } = await scratch.pskc(
        container(
          '<v:KeyPackage xmlns:v="http://vendor.example/"/>',
          '<Extensions><v:x xmlns:v="http://vendor.example/"/></Extensions>',
          keyPackage().replace('<SerialNo>', `${foreign}<SerialNo>`),
        ),
      );
      expect(rows.map(({ serial, notes }) => [serial, notes])).to.deep.equal([['1', []]]);
    });
  });

  describe('encodings', () => {
    const text = container(keyPackage({ rest: '<UserId>björn</UserId>' }));
    const utf16 = Buffer.from(`\ufeff${text}`, 'utf16le');

    for (const [what, bytes] of [
      ['UTF-8', Buffer.from(text)],
      ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${text}`)],
      ['UTF-16, little end first', utf16],
      ['UTF-16, big end first', Buffer.from(utf16).swap16()],
      ['UTF-8 that says UTF-16', Buffer.from(text.replace('UTF-8', 'utf-16'))],
      ['UTF-8 without a declaration', Buffer.from(text.replace(/^<\?.*\n/, '\n'))],
    ] as const)
      it(`${what} is read`, async () => {
        const { rows, problems } = await scratch.pskc(bytes);
        expect(problems).to.deep.equal([]);
        expect(rows.map(({ user, place }) => [user, place.line])).to.deep.equal([['björn', 3]]);
      });

    for (const [what, bytes, message] of [
      ['Latin-1', Buffer.from(text, 'latin1'), /^3: Not UTF-8/],
      ['UTF-16 without a byte order mark', utf16.subarray(2), /^1: Not UTF-8/],
      ['UTF-16 cut within a character', utf16.subarray(0, 61), /^1: Not UTF-8/],
      ['UTF-32', Buffer.from([0xff, 0xfe, 0, 0, 0x3c, 0, 0, 0]), /^1: Not UTF-8/],
      ['a NUL', Buffer.from(text.replace('björn', 'bj\0rn')), /^3: Not UTF-8/],
      [
        'another one that it declares',
        Buffer.from(text.replace('UTF-8', 'ISO-8859-1')),
        /^1: The encoding "ISO-8859-1" is not read/,
      ],
    ] as const)
      it(`${what} is refused`, async () => {
        const { rows, problems } = await scratch.pskc(bytes);
        expect(rows).to.deep.equal([]);
        expect(problems).to.have.length(1);
        expect(problems[0]).to.match(message);
      });
  });
});
