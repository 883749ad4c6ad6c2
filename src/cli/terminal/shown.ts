import { printable } from '../../packet/printable.ts';

/** Text of the store for a terminal: whatever could forge a line or move the cursor is escaped. */
export function shown(text: string): string {
  // What is escaped already stays as it is.
  return text.replaceAll(/[\p{C}\p{Zl}\p{Zp}]/gu, (character) => printable(Buffer.from(character)));
}
