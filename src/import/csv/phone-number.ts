import { RowRefused } from '../refusals.ts';
import { refuseScientific } from './excel.ts';

/**
 * A phone number in E.164: a plus and 7 to 15 digits, of which blanks, dots, dashes and brackets are left out.
 * @throws RowRefused if it is none
 */
export function phoneNumber(text: string): string {
  refuseScientific(text, 'phone number');
  if (text.includes('(0)'))
    throw new RowRefused('The phone number has a "(0)", which is not dialled after a country code: leave it out.');
  const number = text.replaceAll(/[\p{Zs}\p{Pd}.()[\]]/gu, '');
  if (!number.startsWith('+'))
    throw new RowRefused(
      'The phone number is not international: write it with a plus and the country code, as +49 170 1234567.',
    );
  if (!/^\+[1-9][0-9]{6,14}$/.test(number))
    throw new RowRefused('The phone number is not a plus and 7 to 15 digits; a user has one number.');
  return number;
}
