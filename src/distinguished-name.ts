/** One `attribute=value` of a distinguished name; the attribute in small letters, the value without its escapes. */
export interface Assertion {
  readonly attribute: string;
  readonly value: string;
}

/** A distinguished name: its relative names from the entry up, each of one or more assertions. */
export type DistinguishedName = readonly (readonly Assertion[])[];

/** Where the user's name stands in a template. */
export const placeholder = '{user}';

/**
 * Reads a distinguished name: RFC 4514 §3.
 * @returns undefined if it is none
 */
export function parseDn(text: string): DistinguishedName | undefined {
  const name: Assertion[][] = [];
  let relative: Assertion[] = [];
  let at = 0;
  for (;;) {
    const type = /^ *([a-z][a-z0-9-]*|\d+(?:\.\d+)*) *= */i.exec(text.slice(at));
    if (!type?.[1]) return undefined;
    at += type[0].length;
    const read = readValue(text, at);
    if (!read) return undefined;
    relative.push({ attribute: type[1].toLowerCase(), value: read.value });
    at = read.end;
    if (text[at] !== '+') {
      name.push(relative);
      relative = [];
    }
    if (at === text.length) return name;
    at++;
  }
}

/** Without an escape, and without what only an escape may bring: as nearly all values are. */
const plain = /[^,;+"<>\\\0]*/y;

/** @returns the value and the place of the separator behind it */
function readValue(text: string, start: number): { readonly value: string; readonly end: number } | undefined {
  plain.lastIndex = start;
  const whole = plain.exec(text)?.[0] ?? '';
  const behind = start + whole.length;
  if (behind === text.length || ',;+'.includes(text[behind] ?? '')) {
    let length = whole.length;
    while (whole[length - 1] === ' ') length--;
    return { value: whole.slice(0, length), end: behind };
  }
  const octets: Buffer[] = [];
  // Blanks at the end don't count, unless they are escaped.
  let kept = 0;
  let at = start;
  while (at < text.length && !',;+'.includes(text[at] ?? '')) {
    const escaped = /^\\(?:([0-9a-f]{2})|([ "#+,;<=>\\]))/i.exec(text.slice(at, at + 3));
    const character = String.fromCodePoint(text.codePointAt(at) ?? 0);
    if (!escaped && '"<>\\\0'.includes(character)) return undefined;
    octets.push(escaped?.[1] ? Buffer.from(escaped[1], 'hex') : Buffer.from(escaped?.[2] ?? character));
    at += escaped ? escaped[0].length : character.length;
    if (escaped || character !== ' ') kept = octets.length;
  }
  return { value: Buffer.concat(octets.slice(0, kept)).toString(), end: at };
}

/** A value so that it is one value and nothing else in a distinguished name, whatever it holds: RFC 4514 §2.4. */
export function escapeDnValue(value: string): string {
  return (
    value
      .replaceAll(/["+,;<=>\\]/g, (character) => `\\${character}`)
      // OpenLDAP strips tabs and ends of lines at either end as it does blanks.
      .replaceAll(/\p{Cc}/gu, (character) => Buffer.from(character).toString('hex').replaceAll(/../g, '\\$&'))
      .replace(/(?<=.) $/s, '\\ ')
      .replace(/^[ #]/, (character) => `\\${character}`)
  );
}

/** A template with the user's name, escaped, in its place. */
export function fillDnTemplate(template: string, user: string): string {
  return template.replaceAll(placeholder, () => escapeDnValue(user));
}

/** What is the same for two spellings of one name: for comparing, not for sending. @returns undefined if it is no distinguished name */
export function canonicalDn(text: string): string | undefined {
  const name = canonicalNames(text);
  return name && `[${name.join(',')}]`;
}

/** Whether an entry is the base or below it; false if one of the two is no distinguished name. */
export function isWithin(dn: string, base: string): boolean {
  const [name, above] = [canonicalNames(dn), canonicalNames(base)];
  if (!name || !above || name.length < above.length) return false;
  const start = name.length - above.length;
  return above.every((relative, i) => name[start + i] === relative);
}

function canonicalNames(text: string): string[] | undefined {
  return parseDn(text)?.map((relative) => {
    const all = relative.map(({ attribute, value }) =>
      JSON.stringify([attribute, value.normalize('NFC').toLowerCase()]),
    );
    return `[${all.toSorted().join(',')}]`;
  });
}

/** The value of the first relative name, as people call the entry; the whole text if it is no distinguished name. */
export function shortNameOf(dn: string): string {
  return parseDn(dn)?.[0]?.[0]?.value ?? dn;
}
