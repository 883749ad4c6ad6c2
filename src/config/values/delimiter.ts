import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be 1 to 4 signs of ASCII in quotes: no letter, no digit, no blank, no dash';

/** What parts a password from a code. What can be in a code or a word can't part it from anything. */
export const delimiter: ValueType<string> = {
  notation: '1 to 4 signs of ASCII, no letter, digit, blank or dash',
  schema: z.string(must).regex(/^[!-,./:-@[-`{-~]{1,4}$/, must),
};
