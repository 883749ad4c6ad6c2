import { OperatorError } from '../errors.ts';

/** A phone number: a plus and digits, without the blanks and signs between them. Empty is none. @throws OperatorError 'usage' */
export function phoneNumber(typed: string): string | null {
  if (typed === '') return null;
  const number = typed.replaceAll(/[\s().\-/]/g, '');
  if (/^\+?[0-9]{3,15}$/.test(number)) return number;
  throw new OperatorError('usage', '--phone must be a number of 3 to 15 digits, such as +41791234567');
}

/** An e-mail address. Empty is none. @throws OperatorError 'usage' */
export function emailAddress(typed: string): string | null {
  if (typed === '') return null;
  if (typed.length <= 254 && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(typed)) return typed;
  throw new OperatorError('usage', '--email must be an address, such as alice@corp.example');
}
