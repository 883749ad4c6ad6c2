import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be one digit: "0" to "9"';

/** A key of a phone; not * and #, which end what is typed. */
export const phoneKey: ValueType<string> = {
  notation: 'a digit, such as `"1"`',
  schema: z.string(must).regex(/^[0-9]$/, must),
};
