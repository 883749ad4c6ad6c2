import { OperatorError } from '../../errors.ts';
import { printable } from '../../packet/printable.ts';
import { foldUserName, type FoldedName } from '../../policy/user-name.ts';

/** A user name from the command line, folded. @throws OperatorError 'usage' if it can't be one */
export function userName(typed: string): FoldedName {
  const folded = foldUserName(typed);
  if (folded) return folded;
  throw new OperatorError(
    'usage',
    `"${printable(Buffer.from(typed))}" cannot be a user name: it is empty, longer than 253 octets, or has characters that cannot be seen`,
  );
}
