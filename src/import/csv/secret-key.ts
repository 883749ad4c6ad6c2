import { fromBase32 } from '../../base32.ts';
import { optionNames } from '../option-names.ts';
import { RowRefused } from '../refusals.ts';
import { refuseScientific } from './excel.ts';
import type { SecretFormat } from './token-columns.ts';

/**
 * A secret key as octets. How it is written is never guessed: a key in hexadecimal may well look like base32.
 * @throws RowRefused if it isn't written so
 */
export function secretKey(text: string, format: SecretFormat): Buffer {
  if (text === '') throw new RowRefused('The secret key is missing.');
  refuseScientific(text, 'secret key');
  const key = format === 'hex' ? fromHex(text) : fromBase32(text);
  if (key) return key;
  throw new RowRefused(
    format === 'hex'
      ? `The secret key is not hexadecimal (pairs of 0 to 9 and A to F): if the file has base32, say so with ${optionNames.secretFormat} base32.`
      : `The secret key is not base32 (A to Z and 2 to 7): if the file has hexadecimal, say so with ${optionNames.secretFormat} hex.`,
  );
}

/** Pairs of digits, in any case, with blanks, hyphens or colons between them. */
function fromHex(text: string): Buffer | undefined {
  const digits = text.replaceAll(/[\s:-]/g, '');
  return /^(?:[0-9a-f]{2})+$/i.test(digits) ? Buffer.from(digits, 'hex') : undefined;
}
