/** The forms of one user name by which identities are compared. */
export interface FoldedName {
  /** Whole, in one spelling: NFKC, case folded, surrounding blanks stripped. */
  readonly folded: string;
  /** Without its domain: `CORP\alice` and `alice@corp.example` are `alice`. */
  readonly bare: string;
  /** The bare name as the laxest directory compares it: without marks, kana type and strokes. */
  readonly skeleton: string;
}

/** A name's longest form, in octets: RFC 2865 §5.1 gives an attribute 253. */
const longest = 253;
/**
 * Control, format, private, unassigned and invisible characters, and beyond ASCII symbols and numbers that are no digits: they hide differences
 * that a directory ignores, and RFC 8264 §4.2 has none of them in an identifier.
 */
const refused = /[\p{C}\p{Default_Ignorable_Code_Point}\p{Zl}\p{Zp}\p{No}\p{Nl}]|(?=[^ -~])\p{S}/u;
/** What parts a name from its domain, as upstream servers cut it: `CORP\alice`, `corp/alice`, `alice@corp`, `alice%corp`. */
const separators = /[\\/@%]/g;
/** ASCII without blanks, as nearly every name is: of all that Unicode needs only small letters change it, and each login folds a name thrice. */
const plain = /^[!-~]+$/;
/** Letters that directories fold although Unicode doesn't decompose them. */
const strokes: Readonly<Record<string, string>> = {
  æ: 'ae',
  œ: 'oe',
  ø: 'o',
  đ: 'd',
  ð: 'd',
  ħ: 'h',
  ı: 'i',
  ł: 'l',
  ŧ: 't',
  þ: 'th',
};

/**
 * Folds a user name so that its spellings meet: RFC 8265 §3.3 (UsernameCaseMapped) with compatibility mapping, since RADIUS clients send
 * what was typed.
 * @param name octets as received, which must be UTF-8 (RFC 2865 §5.1), or text
 * @returns undefined if it is empty, too long, not UTF-8, has characters that can't be in a name, or more than one separator: which part of
 *   `alice@corp\bob` is the user is for each server to guess, and two that guess differently let one in as the other
 */
export function foldUserName(name: Buffer | string): FoldedName | undefined {
  const text = typeof name === 'string' ? name : decode(name);
  if (text === undefined || Buffer.byteLength(text) > longest) return undefined;
  if (plain.test(text)) {
    const small = text.toLowerCase();
    const bare = withoutDomain(small);
    return isOne(small, bare) ? { folded: small, bare, skeleton: bare } : undefined;
  }
  const folded = foldCase(
    text
      .normalize('NFKC')
      .replaceAll(/^\p{Zs}+|\p{Zs}+$/gu, '')
      .replaceAll(/\p{Zs}+/gu, ' '),
  );
  const bare = withoutDomain(folded);
  return isOne(folded, bare) && !refused.test(folded) ? { folded, bare, skeleton: skeletonOf(bare) } : undefined;
}

/** Whether it says one user, once. */
function isOne(folded: string, bare: string): boolean {
  return bare !== '' && (folded.match(separators)?.length ?? 0) <= 1;
}

function decode(octets: Buffer): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(octets);
  } catch {
    return undefined;
  }
}

/** Full case folding: by way of capitals, so that ß meets ss and both sigmas meet; first to small letters, since ẞ is its own capital. */
function foldCase(text: string): string {
  return text.toLowerCase().toUpperCase().toLowerCase().normalize('NFKC');
}

function withoutDomain(name: string): string {
  return name
    .replace(/^.*[\\/]/, '')
    .replace(/[@%].*$/, '')
    .trim();
}

function skeletonOf(bare: string): string {
  return foldCase(bare)
    .normalize('NFKD')
    .replaceAll(/[\p{M}\p{Lm}]/gu, '')
    .replaceAll(/\p{Nd}/gu, asciiDigit)
    .replaceAll(/[æœøđðħıłŧþ]/gu, (letter) => strokes[letter] ?? letter)
    .replaceAll(/[\u30a1-\u30f6]/gu, (katakana) => String.fromCodePoint((katakana.codePointAt(0) ?? 0) - 0x60));
}

/** Each script's ten digits stand together, from zero on. */
function asciiDigit(digit: string): string {
  const code = digit.codePointAt(0) ?? 0;
  let before = 0;
  while (/\p{Nd}/u.test(String.fromCodePoint(code - before - 1))) before++;
  return String(before % 10);
}
