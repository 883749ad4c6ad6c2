import { printable } from '../packet/printable.ts';
import { RowRefused } from './refusals.ts';

/** The longest value of a field, in characters; a RADIUS attribute holds 253 octets. */
const longest = 253;
/** How much of a value is shown in a problem, in characters. */
const shown = 100;
/** Control, format, private and unassigned characters, and the separators of lines: nothing that belongs in a name. */
const refused = /[\p{C}\p{Zl}\p{Zp}]/u;

/**
 * A value to be stored and shown: surrounding blanks stripped, each run of blanks within is one.
 * @param name what it is, for the problem
 * @returns null if it is empty
 * @throws RowRefused if it is over 253 characters or has control characters
 */
export function plainText(value: string | undefined, name: string): string | null {
  const text = value?.replaceAll(/\s+/g, ' ').trim() ?? '';
  if (text === '') return null;
  if (text.length > longest) throw new RowRefused(`The ${name} is over ${longest} characters.`);
  if (refused.test(text)) throw new RowRefused(`The ${name} has control characters.`);
  // A copy: else what is kept would keep the piece of the file that it was cut from.
  return Buffer.from(text).toString();
}

/** A value that is no secret, as a problem shows it: cut, and with nothing that could disturb a terminal. */
export function shortened(value: string): string {
  const text = value.trim();
  return printable(Buffer.from(text.length > shown ? `${text.slice(0, shown)}...` : text));
}

/** The same in quotes. */
export function quoted(value: string): string {
  return `"${shortened(value)}"`;
}
