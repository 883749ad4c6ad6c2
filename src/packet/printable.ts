/** Characters that could forge a line, hide or reorder text: controls, format and bidi marks, separators, what is unassigned. */
const unsafe = /[\p{C}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** Octets from the network as text for logs, rows and terminals: UTF-8, what isn't is U+FFFD, and unsafe characters are written as `\u{...}`. */
export function printable(octets: Buffer | string): string {
  const text = typeof octets === 'string' ? octets : octets.toString('utf8');
  return text.replaceAll(unsafe, (character) => `\\u{${(character.codePointAt(0) ?? 0).toString(16)}}`);
}
