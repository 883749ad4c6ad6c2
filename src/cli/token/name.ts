import { OperatorError } from '../../errors.ts';
import { printable } from '../../packet/printable.ts';

/** What a token is to be called, from the command line. @throws OperatorError 'usage' */
export function tokenName(typed: string): string {
  const name = typed.normalize('NFC').trim();
  if (name !== '' && name.length <= 64 && printable(Buffer.from(name)) === name) return name;
  throw new OperatorError('usage', '--name must have 1 to 64 characters that can be seen');
}
