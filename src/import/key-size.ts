import { RowRefused } from './refusals.ts';

/** The longest key, in octets. */
const longest = 128;
/** What RFC 4226 §4 (R6) asks for, in octets. */
const recommended = 16;

/**
 * Looks at the size of an OATH key.
 * @param shortest octets below which it is refused
 * @returns what is to be noted about it
 * @throws RowRefused if it is too short or over 128 octets
 */
export function checkKeySize(key: Buffer, shortest: number): readonly string[] {
  if (key.length < shortest || key.length > longest)
    throw new RowRefused(`The key has ${key.length} octets: ${shortest} to ${longest} are taken.`);
  if (key.length >= recommended) return [];
  return [
    `The key has only ${key.length} octets: RFC 4226 asks for ${recommended}, since a short one can be found from codes seen.`,
  ];
}
