import { expect } from 'chai';
import * as fc from 'fast-check';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';

function fold(name: string | Buffer): FoldedName {
  const folded = foldUserName(name);
  if (!folded) throw new Error(`${JSON.stringify(name.toString())} was refused`);
  return folded;
}

describe('policy/user-name: spellings that are one user', () => {
  for (const [what, one, other] of [
    ['case', 'ALICE', 'alice'],
    ['full width', '\uff21\uff2c\uff29\uff23\uff25', 'alice'],
    ['a ligature', 'gri\ufb03n', 'griffin'],
    ['a superscript', 'alice\u00b2', 'alice2'],
    ['a circled letter', '\u24d0lice', 'alice'],
    ['the Kelvin sign', '\u212aelvin', 'kelvin'],
    ['the Angstrom sign', '\u212bsa', '\u00e5sa'],
    ['a composed and a decomposed letter', 'bj\u00f6rn', 'bjo\u0308rn'],
    ['blanks around', ' alice  ', 'alice'],
    ['a no-break and an ideographic space around', '\u00a0alice\u3000', 'alice'],
    ['sharp s', 'stra\u00dfe', 'STRASSE'],
    ['capital sharp s', 'STRA\u1e9eE', 'strasse'],
    [
      'the two small sigmas',
      '\u03bf\u03b4\u03c5\u03c3\u03c3\u03b5\u03cd\u03c2',
      '\u039f\u0394\u03a5\u03a3\u03a3\u0395\u038e\u03a3',
    ],
    ['the Turkish dotless i, whose capital is I', 'al\u0131ce', 'ALICE'],
    ['long s', 'mi\u017fs', 'miss'],
    ['half-width kana', '\uff94\uff8f\uff80\uff9e', '\u30e4\u30de\u30c0'],
    ['a domain in another case', 'alice@CORP.example', 'ALICE@corp.EXAMPLE'],
    ['the full-width at sign', 'alice\uff20corp.example', 'alice@corp.example'],
    ['the full-width backslash', 'CORP\uff3calice', 'corp\\alice'],
  ] as const)
    it(`${what}: ${one} is ${other}`, () => {
      expect(fold(one)).to.deep.equal(fold(other));
      expect(fold(Buffer.from(one))).to.deep.equal(fold(other));
    });

  for (const [name, bare] of [
    ['alice', 'alice'],
    ['alice@corp.example', 'alice'],
    ['CORP\\alice', 'alice'],
    ['corp/alice', 'alice'],
    ['alice%corp', 'alice'],
    ['CORP\\ alice', 'alice'],
    ['alice @corp.example', 'alice'],
  ] as const)
    it(`${name} without its domain is ${bare}`, () => {
      expect(fold(name).bare).to.equal(bare);
    });

  for (const name of [
    'CORP\\alice@corp.example',
    'alice@corp.example\\bob',
    'A\\B\\alice',
    'alice@home@corp.example',
    'corp/alice@x.y',
    'alice@x.y\uff20z',
  ])
    it(`${name} is refused: whose part is the name is for each server to guess`, () => {
      expect(foldUserName(name)).to.equal(undefined);
    });

  for (const [name, like] of [
    ['alice\u0663', 'alice3'],
    ['al\u0640ice', 'alice'],
    ['john   smith', 'john smith'],
  ] as const)
    it(`${JSON.stringify(name)} meets ${like} at the latest by its skeleton`, () => {
      expect(fold(name).skeleton).to.equal(fold(like).skeleton);
    });

  for (const name of ['alice\u{1f170}', 'alice\ufffd', 'alice\ufffc', 'alice\u2460x\u2160', 'al\u20acice'])
    it(`${JSON.stringify(name)} is ${foldUserName(name) ? 'a name' : 'refused'}, as NFKC leaves it`, () => {
      expect(foldUserName(name) !== undefined).to.equal(name.includes('\u2460'));
    });

  it('the whole name keeps its domain apart', () => {
    expect(fold('CORP\\alice').folded).to.equal('corp\\alice');
    expect(fold('alice@corp.example').folded).to.equal('alice@corp.example');
    expect(fold('ALICE').folded).to.equal('alice');
  });
});

describe('policy/user-name: spellings that a directory takes for one user share a skeleton, and no more', () => {
  for (const [what, one, other] of [
    ['marks', 'bj\u00f6rn', 'bjorn'],
    ['a stroke', 'S\u00f8ren', 'soren'],
    ['the ligature ae', '\u00c6gir', 'aegir'],
    ['the ligature oe', '\u0153uvre', 'oeuvre'],
    ['the Turkish dotted capital', 'al\u0130ce', 'alice'],
    ['Polish l', '\u0142ukasz', 'lukasz'],
    ['kana type', '\u30e4\u30de\u30c0', '\u3084\u307e\u3060'],
    ['a mark on a kana', '\u304b', '\u304c'],
    ['several marks', '\u1ec7', 'e'],
  ] as const)
    it(`${what}: ${one} is like ${other}`, () => {
      expect(fold(one).skeleton).to.equal(fold(other).skeleton);
      expect(fold(one).folded).not.to.equal(fold(other).folded);
    });

  it('the domain is no part of it', () => {
    expect(fold('bj\u00f6rn@corp.example').skeleton).to.equal(fold('OTHER\\bjorn').skeleton);
  });

  it('other letters stay apart', () => {
    for (const other of ['alise', 'alic', 'a1ice', '\u0430lice']) expect(fold(other).skeleton).not.to.equal('alice');
  });
});

describe('policy/user-name: what is no name', () => {
  for (const [what, name] of [
    ['nothing', ''],
    ['blanks', '  \u3000 '],
    ['a domain alone', '@corp.example'],
    ['a domain alone with a backslash', 'CORP\\'],
    ['a blank and a domain', ' @corp.example'],
    ['a NUL', 'alice\0'],
    ['a tab at the end', 'alice\t'],
    ['a line break', 'alice\nbob'],
    ['an escape', 'al\x1bice'],
    ['a C1 control', 'al\u0085ice'],
    ['DEL', 'alice\x7f'],
    ['a soft hyphen', 'al\u00adice'],
    ['a zero-width space', 'al\u200bice'],
    ['a zero-width joiner', 'al\u200dice'],
    ['a byte order mark before', '\ufeffalice'],
    ['a bidi override', 'al\u202eice'],
    ['a bidi isolate', '\u2066alice'],
    ['a variation selector', 'alice\ufe0f'],
    ['a combining grapheme joiner', 'al\u034fice'],
    ['a Hangul filler', 'alice\u3164'],
    ['a half-width Hangul filler', 'alice\uffa0'],
    ['a line separator', 'al\u2028ice'],
    ['a tag character', 'alice\u{e0041}'],
    ['a private character', 'alice\ue000'],
    ['an unassigned one', 'alice\u{1fffe}'],
    ['half a surrogate pair', 'alice\ud800'],
  ] as const)
    it(what, () => {
      expect(foldUserName(name)).to.equal(undefined);
    });

  for (const [what, hex] of [
    ['a lone continuation octet', '616c80'],
    ['a truncated character', '616cc3'],
    ['ISO 8859-1', '626af6726e'],
    ['an overlong encoding', 'c1a1'],
    ['an encoded surrogate', 'eda080'],
    ['beyond Unicode', 'f4908080'],
  ] as const)
    it(`${what} is no UTF-8`, () => {
      expect(foldUserName(Buffer.from(hex, 'hex'))).to.equal(undefined);
    });

  it('of 253 octets it is one, of 254 it is none', () => {
    expect(fold('x'.repeat(253)).bare).to.have.length(253);
    expect(foldUserName('x'.repeat(254))).to.equal(undefined);
    expect(foldUserName(Buffer.alloc(253, 'x'))).not.to.equal(undefined);
    expect(foldUserName(Buffer.alloc(254, 'x'))).to.equal(undefined);
    // Two octets each: the bound is of octets, not of characters.
    expect(foldUserName('\u00e9'.repeat(127))).to.equal(undefined);
  });
});

describe('policy/user-name: properties', () => {
  const name = fc.oneof(
    fc.string({ unit: 'grapheme', minLength: 1, maxLength: 30 }),
    fc.string({ unit: 'binary', minLength: 1, maxLength: 20 }),
    fc
      .array(
        fc.constantFrom(
          'a',
          'B',
          '\u00df',
          '\u0130',
          '\u0131',
          '\u03c2',
          '\u03a3',
          '\u01c5',
          '\u0345',
          '\u0308',
          '@',
          '\\',
          ' ',
          '\u1e9e',
          '\ufb03',
          '\u1fb3',
          '\u30ab',
          '\uff9e',
        ),
        {
          minLength: 1,
          maxLength: 12,
        },
      )
      .map((list) => list.join('')),
  );

  it('folding is idempotent', () => {
    fc.assert(
      fc.property(name, (any) => {
        const once = foldUserName(any);
        fc.pre(once !== undefined && Buffer.byteLength(once.folded) <= 253);
        const twice = foldUserName(once?.folded ?? '');
        expect(twice).to.deep.equal(once);
      }),
      { numRuns: 5_000 },
    );
  });

  it('a name in ASCII and its full-width spelling are one', () => {
    const ascii = fc.string({
      unit: fc.constantFrom(...Array.from({ length: 94 }, (_, i) => String.fromCharCode(33 + i))),
    });
    fc.assert(
      fc.property(ascii, (any) => {
        const wide = any.replaceAll(/./g, (character) => String.fromCharCode(character.charCodeAt(0) + 0xfee0));
        fc.pre(Buffer.byteLength(wide) <= 253);
        expect(foldUserName(any)).to.deep.equal(foldUserName(wide));
      }),
      { numRuns: 5_000 },
    );
  });

  it('case variants meet', () => {
    fc.assert(
      fc.property(name, (any) => {
        const plain = foldUserName(any);
        fc.pre(plain !== undefined);
        // Normalized first, as the Unicode Standard's D145 asks: U+0345 becomes a letter of its own in capitals.
        const normal = any.normalize('NFKC');
        for (const variant of [normal.toUpperCase(), normal.toLowerCase(), normal.toUpperCase().toLowerCase()]) {
          fc.pre(Buffer.byteLength(variant) <= 253);
          expect(foldUserName(variant)?.folded, JSON.stringify(variant)).to.equal(plain?.folded);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('normalization forms meet', () => {
    fc.assert(
      fc.property(name, (any) => {
        const plain = foldUserName(any);
        fc.pre(plain !== undefined);
        for (const form of ['NFC', 'NFD', 'NFKC', 'NFKD']) {
          const variant = any.normalize(form);
          fc.pre(Buffer.byteLength(variant) <= 253);
          expect(foldUserName(variant)?.folded, `${form} ${JSON.stringify(variant)}`).to.equal(plain?.folded);
        }
      }),
      { numRuns: 5_000 },
    );
  });

  it('every character with a case or a compatibility form is folded once and for all, and meets its variants', () => {
    for (let point = 0; point <= 0x10ffff; point++) {
      if (point >= 0xd800 && point <= 0xdfff) continue;
      const character = String.fromCodePoint(point);
      const variants = [character.toUpperCase(), character.toLowerCase(), character.normalize('NFKD')];
      if (variants.every((variant) => variant === character)) continue;
      const name = foldUserName(`a${character}b`);
      if (!name) continue;
      const folded = [name.folded, ...variants.map((variant) => `a${variant}b`)].map(
        (each) => foldUserName(each)?.folded,
      );
      expect(folded, point.toString(16)).to.deep.equal(folded.map(() => name.folded));
    }
  });

  it('a domain, in either form, changes neither bare name nor skeleton', () => {
    const bare = name.map((any) => any.replaceAll(/[@\\\uff20\ufe6b\uff3c\ufe68]/gu, ''));
    fc.assert(
      fc.property(bare, fc.constantFrom('corp', 'Corp.Example', '\u03a3', 'a.b'), (any, domain) => {
        const plain = foldUserName(any);
        fc.pre(plain !== undefined && !/[\\/@%]/.test(plain.folded));
        for (const variant of [`${any}@${domain}`, `${domain}\\${any}`, `${domain}/${any}`, `${any}%${domain}`]) {
          fc.pre(Buffer.byteLength(variant) <= 253);
          const own = foldUserName(variant);
          expect([own?.bare, own?.skeleton], JSON.stringify(variant)).to.deep.equal([plain?.bare, plain?.skeleton]);
        }
      }),
      { numRuns: 3_000 },
    );
  });

  it('any octets are a name or none, never an error', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 260 }), (octets) => {
        const folded = foldUserName(Buffer.from(octets));
        if (folded) expect(folded.bare).not.to.equal('');
      }),
      { numRuns: 3_000 },
    );
  });
});
