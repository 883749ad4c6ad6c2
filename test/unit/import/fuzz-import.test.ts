import { expect } from 'chai';
import * as fc from 'fast-check';
import { importPskc } from '../../../src/import/import-pskc.ts';
import { importTokenCsv } from '../../../src/import/import-token-csv.ts';
import { importUserCsv } from '../../../src/import/import-user-csv.ts';
import { isProblem, type RowProblem } from '../../../src/import/row-problem.ts';
import { ImportScratch, vector } from './import-scratch.ts';

const presharedKey = Buffer.from('12345678901234567890123456789012', 'hex');

const xml = [2, 3, 5, 6, 8, 9, 10].map((number) => vector(`pskc/rfc6030-figure-${number}.xml`));
const others = ['gemalto', 'ietf-draft', 'actividentity-draft', 'symantec-oath-2006'].map((name) =>
  vector(`pskc/${name}.xml`),
);
const csv = ['azure-mfa', 'azure-mfa-server', 'actividentity', 'users'].map((name) => vector(`csv/${name}.csv`));

const xmlPieces = [
  '<',
  '>',
  '</',
  '/>',
  '"',
  "'",
  '&',
  '&amp;',
  '&#0;',
  '<!--',
  '-->',
  '<![CDATA[',
  ']]>',
  '<!',
  '<?',
  '</KeyPackage>',
  '<KeyPackage>',
  '</KeyContainer>',
  'xmlns:x=""',
  '\0',
  '\u{202e}',
  '\ufeff',
  '0',
  '-1',
  '999999999999999999999',
];
const csvPieces = [
  ',',
  ';',
  '\t',
  '"',
  '""',
  '\r\n',
  '\n',
  '\r',
  '="',
  '\0',
  '\ufeff',
  '\u{202e}',
  '1E+5',
  '-1',
  ' ',
  'secret',
  'name',
];

/** Texts with some places overwritten, cut out, doubled or filled with what has a meaning in them. */
function mutated(texts: readonly string[], pieces: readonly string[]): fc.Arbitrary<string> {
  const edit = fc.record({
    at: fc.nat(5000),
    length: fc.nat(40),
    piece: fc.constantFrom('', ...pieces),
    double: fc.boolean(),
  });
  return fc.tuple(fc.constantFrom(...texts), fc.array(edit, { minLength: 1, maxLength: 5 })).map(([text, edits]) =>
    edits.reduce((now, { at, length, piece, double }) => {
      const place = at % (now.length + 1);
      const cut = now.slice(place, place + length);
      return now.slice(0, place) + piece + (double ? cut + cut : '') + now.slice(place + length);
    }, text),
  );
}

describe('import: any file gives rows and problems, and nothing else', function () {
  this.timeout(60_000);
  const scratch = new ImportScratch();
  after(() => scratch.remove());

  async function check(given: AsyncIterable<object | RowProblem>, content: string | Uint8Array): Promise<void> {
    const lines = Buffer.from(content)
      .toString('latin1')
      .split(/\r\n|[\r\n]/).length;
    let count = 0;
    for await (const one of given) {
      count++;
      if (!isProblem(one)) continue;
      expect(one.place.line).to.be.within(1, lines + 1);
      expect(one.message).to.match(/^[^\p{C}\p{Zl}\p{Zp}]+$/u);
      expect(one.message).not.to.include('MTIzNDU2Nzg5').and.not.to.include('GEZDGNBV');
    }
    expect(count).to.be.above(0);
  }

  for (const [what, contents] of [
    ['octets', fc.uint8Array({ maxLength: 300 })],
    ['text', fc.string({ unit: 'binary', maxLength: 300 })],
    [
      'the marks of XML',
      fc.array(fc.constantFrom(...xmlPieces, 'a', ' ', '='), { maxLength: 80 }).map((pieces) => pieces.join('')),
    ],
    [
      'the marks of CSV',
      fc.array(fc.constantFrom(...csvPieces, 'a'), { maxLength: 80 }).map((pieces) => pieces.join('')),
    ],
    ['PSKC with errors', mutated([...xml, ...others], xmlPieces)],
    ['CSV with errors', mutated(csv, csvPieces)],
    [
      'UTF-16 with errors',
      mutated([...others, ...csv], [...xmlPieces, ...csvPieces]).map((text) => Buffer.from(`\ufeff${text}`, 'utf16le')),
    ],
  ] as const)
    it(`made of ${what}`, () =>
      fc.assert(
        fc.asyncProperty(contents, async (content: string | Uint8Array) => {
          const file = scratch.write('any', content);
          await check(importPskc(file, { presharedKey }), content);
          await check(importTokenCsv(file), content);
          await check(importUserCsv(file), content);
        }),
        { numRuns: 400 },
      ));
});
