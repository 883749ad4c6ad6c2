import { expect } from 'chai';
import { importTokenCsv } from '../../../src/import/import-token-csv.ts';
import type { TokenCsvOptions } from '../../../src/import/csv/read-token-record.ts';
import { ImportScratch, sorted, vector, vectorFile } from './import-scratch.ts';

const key = Buffer.from('12345678901234567890');
const base32 = 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ';
const hex = key.toString('hex');

const usual = {
  type: 'totp',
  keyId: null,
  user: null,
  key,
  algorithm: 'sha1',
  digits: 6,
  drift: 0,
  manufacturer: null,
  model: null,
  validFrom: null,
  validUntil: null,
  notes: [],
} as const;

describe('import/csv: tokens', () => {
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function rows(text: string | Uint8Array, options?: TokenCsvOptions): Promise<Record<string, unknown>[]> {
    const { rows: given, problems } = await scratch.tokens(text, options);
    expect(problems).to.deep.equal([]);
    return given.map(({ place, ...row }) => ({ ...row, line: place.line }));
  }

  async function refused(text: string | Uint8Array, message: RegExp, options?: TokenCsvOptions): Promise<void> {
    const given = await scratch.tokens(text, options);
    expect(given.rows).to.deep.equal([]);
    expect(given.problems).to.have.length(1);
    expect(given.problems[0]).to.match(message);
  }

  it("Azure MFA's layout, with Microsoft's own example of a key", async () => {
    const file = vectorFile('csv/azure-mfa.csv');
    const contoso = { manufacturer: 'Contoso', model: 'HardwareKey' };
    expect(await sorted(importTokenCsv(file))).to.deep.equal({
      rows: [
        {
          ...usual,
          ...contoso,
          place: { file, line: 2 },
          user: 'helga@contoso.example',
          serial: '0001234567',
          key: Buffer.from('d6b7cefbe0088642eb5be77df0044321', 'hex'),
          period: 60,
        },
        {
          ...usual,
          ...contoso,
          place: { file, line: 3 },
          user: 'bob@contoso.example',
          serial: '0001234568',
          period: 30,
        },
      ],
      problems: [],
    });
  });

  it("Azure MFA Server's layout without a header, keys in groups and in small letters", async () => {
    expect(await rows(vector('csv/azure-mfa-server.csv'))).to.deep.equal([
      { ...usual, serial: '0001234567', period: 60, line: 1 },
      { ...usual, serial: '0001234568', period: 30, line: 2 },
    ]);
  });

  it("ActivIdentity's layout, in hexadecimal by its header", async () => {
    expect(await rows(vector('csv/actividentity.csv'))).to.deep.equal([
      { ...usual, serial: '0990000001', period: 30, line: 2 },
    ]);
  });

  describe('layouts', () => {
    for (const [what, text] of [
      ['two columns', `T1,${base32}`],
      ['three', `T1,${base32},30`],
      ['five', `T1,${base32},30,,`],
      ['six', `,T1,${base32},30,,`],
      ['a header', `serial,secret\nT1,${base32}`],
      ['a header in another order and case', `SECRET KEY,Time Interval,Serial Number\n${base32},30,T1`],
      ['a header as others write it', `timeInterval;SerialNo;secret_key\n30;T1;${base32}`],
      ['a header with blanks and quotes', ` "serial number" , "secret key" \n T1 , "${base32}" `],
      ['hexadecimal by the header "hex"', `serial,hex\nT1,${hex}`],
      ['hexadecimal by the header "Seed HEX"', `serial,Seed HEX\nT1,${hex.toUpperCase()}`],
      ['hexadecimal by the header "secret (hexadecimal)"', `serial,secret (hexadecimal)\nT1,${hex}`],
      ['hexadecimal in pairs', `serial,secret-hex\nT1,${hex.match(/../g)?.join(':')}`],
      ['base32 by the header', `serial,secret (base32)\nT1,${base32}`],
    ] as const)
      it(what, async () => {
        const [row, ...more] = await rows(text, { period: 30 });
        expect(more).to.deep.equal([]);
        expect(row).to.deep.include({ ...usual, serial: 'T1', period: 30 });
      });

    it('one with a header that is not known, or a number of columns that is not', async () => {
      await refused('number,pin,x,y\n1,2,3,4', /^1: There is no header with a column "secret key", and 4 columns/);
      await refused(base32, /^1: There is no header with a column "secret key", and 1 columns/);
    });

    it('a column twice is refused', () =>
      refused(`serial,secret,key\nT1,${base32},${base32}`, /^1: Columns 2 and 3 both give the secret key/));

    it('columns that are not read are noted once, by their number', async () => {
      const [first, second] = await rows(
        `serial,colour,secret,interval,,batch\nT1,red,${base32},30,,7\nT2,red,${base32},30,,7`,
      );
      expect(first?.['notes']).to.deep.equal(['Of all rows, these columns were not read: 2, 6.']);
      expect(second?.['notes']).to.deep.equal([]);
    });

    it('the columns that no one else writes', async () => {
      const header = 'serial,secret,type,digits,algorithm,counter,start date,expiry date,interval\n';
      expect(await rows(`${header}T1,${base32},HOTP,8,SHA256,42,2024-01-01,2024-12-31,`)).to.deep.equal([
        {
          type: 'hotp',
          serial: 'T1',
          keyId: null,
          user: null,
          key,
          algorithm: 'sha256',
          digits: 8,
          counter: 42,
          manufacturer: null,
          model: null,
          validFrom: Date.UTC(2024, 0, 1),
          validUntil: Date.UTC(2025, 0, 1),
          notes: [],
          line: 2,
        },
      ]);
    });
  });

  describe('options', () => {
    it('say what the file does not', async () => {
      const [row] = await rows(`T1,${hex},`, { secretFormat: 'hex', digits: 8, period: 60, algorithm: 'sha512' });
      expect(row).to.deep.include({ ...usual, digits: 8, period: 60, algorithm: 'sha512' });
      const [hotp] = await rows(`T1,${base32},42`, { type: 'hotp' });
      expect(hotp).to.deep.include({ type: 'hotp', counter: 42 });
    });

    it('do not override what a row says, but how the key is written', async () => {
      const options: TokenCsvOptions = {
        digits: 6,
        period: 60,
        algorithm: 'sha512',
        type: 'hotp',
        secretFormat: 'hex',
      };
      const [row] = await rows(
        `serial,secret (base32),digits,interval,algorithm,type\nT1,${hex},8,30,sha1,totp`,
        options,
      );
      expect(row).to.deep.include({ ...usual, digits: 8, period: 30 });
    });

    it('the delimiter may be any, but a quote, a line break or none', async () => {
      const [row] = await rows(`T1|${base32}|30`, { delimiter: '|' });
      expect(row).to.deep.include({ serial: 'T1', period: 30 });
      for (const delimiter of ['', '"', '\n', ',,'])
        await refused(`T1,${base32},30`, /^1: The delimiter ".*" is not one/, { delimiter });
    });
  });

  it('an interval that is not given is 30 seconds, and noted', async () => {
    const [row] = await rows(`T1,${base32},`);
    expect(row).to.deep.include({ period: 30, notes: ['The time interval is not given: 30 seconds are assumed.'] });
  });

  it('a file without a serial number gives tokens of users', async () => {
    const [row] = await rows(`upn,secret,interval\nalice,${base32},30`);
    expect(row).to.deep.include({ serial: null, user: 'alice' });
    await refused(`upn,secret,interval\n,${base32},30`, /^2: The token has neither a serial number nor a user/);
  });

  describe('files as Excel writes them', () => {
    const lines = [
      'serial;secret;interval',
      `"=""00123""";${base32};30`,
      '',
      ';;',
      `="00124";${base32};30`,
      '   ',
      `00125;${base32};30`,
      '',
    ];

    for (const [what, bytes] of [
      ['UTF-8', Buffer.from(lines.join('\r\n'))],
      ['UTF-8 with a byte order mark', Buffer.from(`\ufeff${lines.join('\r\n')}`)],
      [
        'UTF-16, little end first, with tabs',
        Buffer.from(`\ufeff${lines.join('\r\n').replaceAll(';', '\t')}`, 'utf16le'),
      ],
      ['UTF-16, big end first', Buffer.from(`\ufeff${lines.join('\r\n')}`, 'utf16le').swap16()],
      ['with line feeds alone', Buffer.from(lines.join('\n'))],
      ['with carriage returns alone', Buffer.from(lines.join('\r'))],
      ['with commas', Buffer.from(lines.join('\r\n').replaceAll(';', ','))],
    ] as const)
      it(`${what}: serial numbers keep their zeros, blank lines count`, async () => {
        expect((await rows(bytes)).map(({ serial, line }) => [serial, line])).to.deep.equal([
          ['00123', 2],
          ['00124', 5],
          ['00125', 7],
        ]);
      });

    it('a line that tells the delimiter is taken', async () => {
      expect((await rows(`sep=;\r\n${lines.join('\r\n')}`)).map(({ line }) => line)).to.deep.equal([3, 6, 8]);
    });

    it('a delimiter in quotes does not mislead', async () => {
      const [row] = await rows(`"colour;size";"a,b,c,d";"secret";interval;"serial"\nx;y;${base32};30;T1`);
      expect(row).to.include({ serial: 'T1', period: 30 });
    });

    it('line breaks in quotes: each problem has the physical line of its record', async () => {
      const text = `serial,secret,interval,model\r\nT1,${base32},30,"a\r\nb"\r\nT2,*,30,"c\r\n\r\nd"\r\nT3,*,30,\r\nT4,${base32},30,x`;
      const given = await scratch.tokens(text);
      expect(given.rows.map(({ place, model }) => [place.line, model])).to.deep.equal([
        [2, 'a b'],
        [8, 'x'],
      ]);
      expect(given.problems.map((problem) => problem.split(':')[0])).to.deep.equal(['4', '7']);
    });

    it('a serial number or key in scientific notation is explained', async () => {
      for (const damaged of ['1.23E+11', '1,23457E+12', '2E+5', '"=""1.2E+11"""'])
        await refused(
          `${damaged.includes(',') ? `"${damaged}"` : damaged},${base32},30`,
          /^1: The serial number was damaged by a spreadsheet/,
        );
      await refused('T1,3.13E+39,30', /^1: The secret key was damaged by a spreadsheet/, { secretFormat: 'hex' });
      const [row] = await rows(`12E45,${base32},30`);
      expect(row).to.include({ serial: '12E45' });
    });

    it('Latin-1 is refused with its line, after what stands before', async () => {
      const given = await scratch.tokens(
        Buffer.from(`serial,secret,interval,model\nT1,${base32},30,x\nT2,${base32},30,M\u00fcller`, 'latin1'),
      );
      expect(given.rows.map(({ serial }) => serial)).to.deep.equal(['T1']);
      expect(given.problems).to.have.length(1);
      expect(given.problems[0]).to.match(/^3: Not UTF-8/);
    });
  });

  describe('problems', () => {
    it('the format of a key is never guessed: the option is named', async () => {
      await refused(`T1,${hex},30`, /^1: The secret key is not base32.*--secret-format hex/);
      await refused(`T1,${base32},30`, /^1: The secret key is not hexadecimal.*--secret-format base32/, {
        secretFormat: 'hex',
      });
      await refused(`serial,hex\nT1,${base32}`, /^2: The secret key is not hexadecimal/);
      await refused(`T1,${hex}0,30`, /^1: The secret key is not hexadecimal/, { secretFormat: 'hex' });
    });

    for (const [what, record, message] of [
      ['no key', 'T1,,30', /The secret key is missing/],
      ['a key of one letter over', `T1,${base32}A,30`, /not base32/],
      ['a key of 9 octets', 'T1,GEZDGNBVGY3TQOI,30', /The key has 9 octets: 10 to 128 are taken/],
      ['a key of 130 octets', `T1,${'A'.repeat(208)},30`, /The key has 130 octets/],
      ['an interval that is none', `T1,${base32},x`, /The time interval is not a whole number from 10 to 300/],
      ['an interval that is too long', `T1,${base32},3600`, /The time interval is not a whole number from 10 to 300/],
      ['too many fields', `T1,${base32},30,,,x`, /There are 6 fields, and only 3 columns/],
      ['control characters', `T\u009b1,${base32},30`, /The serial number has control characters/],
      ['an endless serial number', `${'1'.repeat(300)},${base32},30`, /The serial number is over 253 characters/],
    ] as const)
      it(`${what} is told with its line, and the others import`, async () => {
        const given = await scratch.tokens(`serial,secret,interval\nA,${base32},30\n${record}\nB,${base32},30`);
        expect(given.rows.map(({ serial }) => serial)).to.deep.equal(['A', 'B']);
        expect(given.problems).to.have.length(1);
        expect(given.problems[0]).to.match(/^3: /);
        expect(given.problems[0]).to.match(message);
      });

    for (const [column, value, message] of [
      ['digits', '9', /The digits is not a whole number from 6 to 8/],
      ['counter', '-1', /The counter is not a whole number/],
      ['algorithm', 'md5', /The algorithm is not one of/],
      ['type', 'ocra', /The type is not one that radgate can check/],
      ['start date', '1.1.2024', /The start date is none/],
      ['expiry date', '12/31/2024', /The expiry date is none/],
    ] as const)
      it(`the ${column} "${value}" is refused`, () =>
        refused(`serial,secret,${column}\nT1,${base32},${value}`, message));

    it('a key of 10 to 15 octets is noted', async () => {
      const [row] = await rows('T1,GEZDGNBVGY3TQOJQ,30');
      expect(row?.['notes']).to.deep.equal([
        'The key has only 10 octets: RFC 4226 asks for 16, since a short one can be found from codes seen.',
      ]);
    });

    it('a quote that is not closed ends the file, after what stands before', async () => {
      const given = await scratch.tokens(`T1,${base32},30\nT2,"${base32},30\nT3,${base32},30\n`);
      expect(given.rows.map(({ serial }) => serial)).to.deep.equal(['T1']);
      expect(given.problems).to.deep.equal([
        '2: The quotes of this record do not match, so that nothing after it can be told apart.',
      ]);
    });

    it('a record over 64 KiB ends the file', async () => {
      const given = await scratch.tokens(`T1,${base32},30\nT2,"${'x'.repeat(300_000)}`);
      expect(given.rows).to.have.length(1);
      expect(given.problems).to.have.length(1);
      expect(given.problems[0]).to.match(/^2: This record is over 64 KiB/);
    });

    it('a file without tokens is refused', async () => {
      for (const text of ['', '\n \n', '\ufeff', 'serial,secret\n', ',,\n,'])
        await refused(text, /^1: There is no token in the file/);
    });

    it('no problem tells a value: it may be a secret in the wrong column', async () => {
      const marker = 'MARKERMARKERMARKERMARKER';
      const columns = [
        'upn',
        'serial',
        'secret',
        'interval',
        'manufacturer',
        'model',
        'digits',
        'counter',
        'algorithm',
        'type',
        'start date',
        'expiry date',
      ];
      for (const header of [`${columns.join(',')}\n`, ''])
        for (let column = 0; column < columns.length; column++)
          for (const value of [marker, `${marker}*`, `${marker}\u009b`, `"${marker}`, `${marker},`, `${marker}\n`]) {
            const fields = columns.map((_, i) => (i === column ? value : ''));
            const { problems } = await scratch.tokens(header + fields.join(','));
            expect(problems).not.to.have.length(0);
            expect(problems.join()).not.to.include('MARKER');
          }
    });
  });
});
