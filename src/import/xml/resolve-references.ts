import { RowRefused } from '../refusals.ts';

const known: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };

/**
 * A text with its character references and XML's five entities resolved, once.
 * @throws RowRefused if there is another one
 */
export function resolveReferences(text: string): string {
  if (!text.includes('&')) return text;
  return text.replaceAll(/&([^;&<]{0,10};)?/g, (_, reference: string | undefined) => {
    const name = reference?.slice(0, -1) ?? '';
    const character = Object.hasOwn(known, name) ? known[name] : referredCharacter(name);
    if (character === undefined)
      throw new RowRefused('Not well-formed XML: it refers to an entity that XML does not have.');
    return character;
  });
}

function referredCharacter(name: string): string | undefined {
  const [, hexadecimal, decimal] = /^#(?:x([0-9a-f]{1,6})|([0-9]{1,7}))$/i.exec(name) ?? [];
  const code = hexadecimal === undefined ? Number.parseInt(decimal ?? '', 10) : Number.parseInt(hexadecimal, 16);
  const isCharacter = code > 0 && code <= 0x10ffff && (code < 0xd800 || code > 0xdfff);
  return isCharacter ? String.fromCodePoint(code) : undefined;
}
