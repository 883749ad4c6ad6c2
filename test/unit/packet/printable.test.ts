import { expect } from 'chai';
import * as fc from 'fast-check';
import { printable } from '../../../src/packet/printable.ts';

/** What moves a cursor, starts a line, turns the direction of text or cannot be seen. */
const dangerous = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\p{Zl}\p{Zp}]/u;

describe('packet/printable', () => {
  for (const [what, octets, shown] of [
    ['text', 'Bj\u00f6rn \u00c5 \u65e5\u672c', 'Bj\u00f6rn \u00c5 \u65e5\u672c'],
    ['a line break', 'a\r\nlevel=info', 'a\\x0d\\x0alevel=info'],
    ['an escape sequence', '\x1b[31mred', '\\x1b[31mred'],
    ['a NUL and a DEL', 'a\0b\x7f', 'a\\x00b\\x7f'],
    ['a C1 control', '\u009b31m', '\\u{9b}31m'],
    ['a bidi override', 'a\u202eb', 'a\\u{202e}b'],
    ['a zero-width space and a BOM', '\u200b\ufeff', '\\u{200b}\\u{feff}'],
    ['a line separator and a no-break space', '\u2028\u00a0', '\\u{2028}\\u{a0}'],
    ['a private character', '\ue000', '\\u{e000}'],
    ['a backslash as in CORP\\alice', 'CORP\\alice', 'CORP\\alice'],
    ['what reads like an escape', '\\x1b \\u{202e}', '\\x5cx1b \\x5cu{202e}'],
    ['nothing', '', ''],
  ] as const)
    it(`${what} is shown as ${JSON.stringify(shown)}`, () => {
      expect(printable(Buffer.from(octets))).to.equal(shown);
    });

  it('octets that are no UTF-8 are shown one by one', () => {
    expect(printable(Buffer.from('Bj\u00f6rn\n', 'latin1'))).to.equal('Bj\\xf6rn\\x0a');
    expect(printable(Buffer.from('eda080', 'hex'))).to.equal('\\xed\\xa0\\x80');
  });

  it('never returns a control character, whatever it is given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.uint8Array({ maxLength: 253 }).map((array) => Buffer.from(array)),
          fc.string({ unit: 'binary', maxLength: 80 }).map((text) => Buffer.from(text)),
        ),
        (octets) => {
          expect(printable(octets)).not.to.match(dangerous);
        },
      ),
      { numRuns: 3_000 },
    );
  });

  it('different octets are never shown alike', () => {
    const tricky = fc
      .array(fc.constantFrom('\\', 'x', 'u', '{', '}', '1', 'b', '\x1b', '\u202e', '\xff', 'a'), { maxLength: 12 })
      .chain((list) => fc.constantFrom(Buffer.from(list.join(''), 'utf8'), Buffer.from(list.join(''), 'latin1')));
    fc.assert(
      fc.property(tricky, tricky, (one, two) => {
        fc.pre(!one.equals(two));
        expect(printable(one)).not.to.equal(printable(two));
      }),
      { numRuns: 3_000 },
    );
  });
});
