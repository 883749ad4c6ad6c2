import { readPhoneNumber } from '../../deliver/phone-number.ts';
import { OperatorError } from '../../errors.ts';

/** A phone number in E.164, perhaps with an extension. Empty is none. @throws OperatorError 'usage' */
export function phoneNumber(typed: string): string | null {
  if (typed === '') return null;
  const read = readPhoneNumber(typed);
  if (read.kind === 'none') throw new OperatorError('usage', `--phone: ${read.why}`);
  return read.number;
}

/** An e-mail address. Empty is none. @throws OperatorError 'usage' */
export function emailAddress(typed: string): string | null {
  if (typed === '') return null;
  if (typed.length <= 254 && /^[^\s@\p{C}]+@[^\s@\p{C}]+$/u.test(typed)) return typed;
  throw new OperatorError('usage', '--email must be an address, such as alice@corp.example');
}
