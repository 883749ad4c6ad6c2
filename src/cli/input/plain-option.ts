import { OperatorError } from '../../errors.ts';
import { plainText } from '../../import/plain-text.ts';
import { RowRefused } from '../../import/refusals.ts';

/** Text from the command line that is stored and shown; empty is none. @param what for the error, such as "first name" @throws OperatorError 'usage' */
export function plainOption(typed: string, what: string): string | null {
  try {
    return plainText(typed, what);
  } catch (error) {
    if (error instanceof RowRefused) throw new OperatorError('usage', error.message, { cause: error });
    throw error;
  }
}

/** The names of groups. @throws OperatorError 'usage' if one is empty or can't be one */
export function groupNames(typed: readonly string[]): string[] {
  return typed.map((name) => {
    const group = plainOption(name, 'group');
    if (group === null) throw new OperatorError('usage', 'the name of a group is empty');
    return group;
  });
}
