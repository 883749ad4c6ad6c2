import { expect } from 'chai';
import { importPskc } from '../../../src/import/import-pskc.ts';
import type { PskcOptions } from '../../../src/import/pskc/pskc-options.ts';
import type { TokenRow } from '../../../src/import/token-row.ts';
import { type Imported, sorted, vectorFile } from './import-scratch.ts';

const secret = Buffer.from('12345678901234567890');
const presharedKey = Buffer.from('12345678901234567890123456789012', 'hex');

function figure(number: number, options?: PskcOptions): Promise<Imported<TokenRow>> {
  return sorted(importPskc(vectorFile(`pskc/rfc6030-figure-${number}.xml`), options));
}

/** What most of the figures have. */
const usual = {
  type: 'hotp',
  serial: '987654321',
  user: null,
  key: secret,
  algorithm: 'sha1',
  digits: 8,
  counter: 0,
  manufacturer: 'Manufacturer',
  model: null,
  validFrom: null,
  validUntil: null,
  notes: [],
} as const;

describe('import/pskc: the figures of RFC 6030', () => {
  it('2: a key alone', async () => {
    const { rows, problems } = await figure(2);
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      type: 'hotp',
      serial: '12345678',
      key: Buffer.from('1234'),
      digits: 6,
      counter: 0,
      notes: [
        'The key has only 4 octets: RFC 4226 asks for 16, since a short one can be found from codes seen.',
        "There is no SerialNo: the key's Id stands for it.",
        'The length of its codes (ResponseFormat) is not given: 6 digits are assumed.',
      ],
    });
  });

  it('3: with what is known of its device and its user', async () => {
    const { rows, problems } = await figure(3);
    expect(problems).to.deep.equal([]);
    const file = vectorFile('pskc/rfc6030-figure-3.xml');
    expect(rows).to.deep.equal([{ ...usual, keyId: '12345678', user: 'jsmith', place: { file, line: 5 } }]);
  });

  it('4: has no key in it and is refused', async () => {
    const { rows, problems } = await figure(4);
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^5: Token "987654321": There is no key in it, but a reference/);
  });

  it('5: with a PIN, which is noted', async () => {
    const { rows, problems } = await figure(5);
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({ ...usual, notes: rows[0]?.notes });
    expect(rows[0]?.notes).to.have.length(2);
    expect(rows[0]?.notes.join()).to.match(/asks for a PIN.*The PIN on line 36 was not imported/);
  });

  it('6: encrypted with a pre-shared key', async () => {
    const { rows, problems } = await figure(6, { presharedKey });
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include(usual);
  });

  it('7: encrypted with a password', async () => {
    const { rows, problems } = await figure(7, { password: Buffer.from('qwerty') });
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({ ...usual, manufacturer: 'TokenVendorAcme' });
  });

  it('8: encrypted for a private key that is not known, and refused', async () => {
    const { rows, problems } = await figure(8, { presharedKey, password: Buffer.from('qwerty') });
    expect(rows).to.deep.equal([]);
    expect(problems).to.have.length(1);
    expect(problems[0]).to.match(/^8: Encrypted for the private key of a certificate/);
  });

  it('9: signed, which is noted to be unchecked', async () => {
    const { rows, problems } = await figure(9);
    expect(problems).to.deep.equal([]);
    expect(rows).to.have.length(1);
    expect(rows[0]).to.deep.include({
      ...usual,
      serial: '0755225266',
      digits: 6,
      manufacturer: 'TokenVendorAcme',
      notes: ['The file is signed; its signature was not checked.'],
    });
  });

  it('10: four keys, with their dates', async () => {
    const { rows, problems } = await figure(10);
    expect(problems).to.deep.equal([]);
    const dates = (from: string, until: string): object => ({
      validFrom: Date.parse(from),
      validUntil: Date.parse(until),
    });
    expect(rows.map(({ place, ...row }) => ({ ...row, line: place.line }))).to.deep.equal([
      {
        ...usual,
        manufacturer: 'TokenVendorAcme',
        serial: '654321',
        keyId: '1',
        ...dates('2006-05-01', '2006-05-31'),
        line: 4,
      },
      {
        ...usual,
        manufacturer: 'TokenVendorAcme',
        serial: '123456',
        keyId: '2',
        ...dates('2006-05-01', '2006-05-31'),
        line: 31,
      },
      {
        ...usual,
        manufacturer: 'TokenVendorAcme',
        serial: '9999999',
        keyId: '3',
        ...dates('2006-03-01', '2006-03-31'),
        line: 58,
      },
      {
        ...usual,
        manufacturer: 'TokenVendorAcme',
        serial: '9999999',
        keyId: '4',
        ...dates('2006-04-01', '2006-04-30'),
        line: 85,
      },
    ]);
  });
});

describe('import/pskc: the encrypted figures without their key', () => {
  it('6: says that it takes a pre-shared key, and which', async () => {
    expect(await figure(6, { password: Buffer.from('qwerty') })).to.deep.equal({
      rows: [],
      problems: ['6: Encrypted with a pre-shared key named "Pre-shared-key": give it with --key-file.'],
    });
  });

  it('7: says that it takes a password', async () => {
    expect(await figure(7, { presharedKey })).to.deep.equal({
      rows: [],
      problems: ['8: Encrypted with a password: give it with --password-file.'],
    });
  });

  for (const [number, options] of [
    [6, { presharedKey: Buffer.from('12345678901234567890123456789013', 'hex') }],
    [7, { password: Buffer.from('qwertz') }],
    [7, { password: Buffer.alloc(0) }],
  ] as const)
    it(`${number}: a wrong one is told from a right one`, async () => {
      const { rows, problems } = await figure(number, options);
      expect(rows).to.deep.equal([]);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(/the pre-shared key or password is not the one of this file/);
    });

  for (const size of [0, 15, 17, 32])
    it(`6: a key of ${size} octets is refused once, with the size it takes`, async () => {
      const { rows, problems } = await figure(6, { presharedKey: Buffer.alloc(size) });
      expect(rows).to.deep.equal([]);
      expect(problems).to.have.length(1);
      expect(problems[0]).to.match(new RegExp(`^9: .* takes a key of 16 octets, not of ${size}\\.$`));
    });
});
