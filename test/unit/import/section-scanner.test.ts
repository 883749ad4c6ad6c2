import { expect } from 'chai';
import * as fc from 'fast-check';
import { FileRefused } from '../../../src/import/refusals.ts';
import { type Section, SectionScanner } from '../../../src/import/xml/section-scanner.ts';
import { vector } from './import-scratch.ts';

/** The sections of a document that comes in these pieces, and why it was refused. */
function scan(pieces: readonly string[]): readonly (Section | string)[] {
  const scanner = new SectionScanner();
  const given: (Section | string)[] = [];
  try {
    for (const piece of pieces) given.push(...scanner.push(piece));
    given.push(...scanner.end());
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    given.push(`${error.line}: ${error.message}`);
  }
  return given;
}

function cut(text: string, places: readonly number[]): string[] {
  const sorted = [0, ...places.map((place) => place % (text.length + 1)).sort((a, b) => a - b), text.length];
  return sorted.slice(1).map((end, i) => text.slice(sorted[i], end));
}

describe('import/xml/section-scanner', () => {
  it('gives the root and each of its children, with their lines', () => {
    expect(
      scan(['<?xml version="1.0"?>\n<!-- c -->\n<r a=">">\n<a>1</a>\n\n<p:b\n/><!-- <c/> --><c\n><a/></c></r>\n']),
    ).to.deep.equal([
      { kind: 'root', line: 3, text: '<r a=">">' },
      { kind: 'child', line: 4, name: 'a', text: '<a>1</a>' },
      { kind: 'child', line: 6, name: 'p:b', text: '<p:b\n/>' },
      { kind: 'child', line: 7, name: 'c', text: '<c\n><a/></c>' },
    ]);
  });

  it('gives the same, however a document comes cut', () => {
    const texts = [
      vector('pskc/rfc6030-figure-7.xml'),
      vector('pskc/ietf-draft.xml'),
      '<r><a><![CDATA[</a>]]></a><!-- </r> --><b x="</b>">\n</c></b><a>text<b/></a>stray</z><a><a></a></r> ',
      '<r>\n<a x="\n></a>\n<b',
      `<r><a>${'<b/>'.repeat(20_000)}</a>\n<a b="${'x'.repeat(70_000)}"/>\n<!-- ${'-'.repeat(70_000)} --><a/></r>`,
    ];
    for (const text of texts) {
      const whole = scan([text]).filter((one) => typeof one === 'string' || one.kind !== 'broken');
      fc.assert(
        fc.property(fc.array(fc.nat(200_000), { maxLength: 12 }), (places) => {
          const given = scan(cut(text, places)).filter((one) => typeof one === 'string' || one.kind !== 'broken');
          expect(given).to.deep.equal(whole);
        }),
        { numRuns: 60 },
      );
    }
  });

  it('gives the same, character by character', () => {
    const text = vector('pskc/rfc6030-figure-9.xml');
    expect(scan(text.split(''))).to.deep.equal(scan([text]));
  });

  it('keeps nothing of what is over its bound', () => {
    const scanner = new SectionScanner();
    const given = [...scanner.push('<r>\n<a><!--')];
    // 64 MiB in one comment: it would show, were it kept.
    const before = process.memoryUsage().heapUsed;
    for (let i = 0; i < 1024; i++) given.push(...scanner.push('x'.repeat(64 * 1024)));
    expect(process.memoryUsage().heapUsed - before).to.be.below(32 * 1024 * 1024);
    given.push(...scanner.push('\n--></a><b/></r>'), ...scanner.end());
    expect(given).to.deep.equal([
      { kind: 'root', line: 1, text: '<r>' },
      { kind: 'broken', line: 2, message: 'This a is over 64 KiB.' },
      { kind: 'child', line: 3, name: 'b', text: '<b/>' },
    ]);
  });

  it('never throws anything but a refusal', () => {
    const piece = fc.constantFrom(
      '<',
      '>',
      '/',
      '!',
      '?',
      '-',
      '--',
      '[',
      ']',
      '<!--',
      '-->',
      '<![CDATA[',
      ']]>',
      '"',
      "'",
      '=',
      ' ',
      '\n',
      'a',
      'r',
      '<r>',
      '</r>',
      '<a>',
      '</a>',
      '<a/>',
      'x="1"',
      '&',
      ':',
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
        scan(pieces);
        scan(['<r>', ...pieces]);
        const closed = scan(['<r>', ...pieces, '</r>']);
        expect(closed[0]).to.deep.equal({ kind: 'root', line: 1, text: '<r>' });
      }),
      { numRuns: 2000 },
    );
  });
});
