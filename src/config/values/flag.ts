import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** A TOML boolean. */
export const flag: ValueType<boolean> = {
  notation: '`true` or `false`',
  schema: z.boolean('must be true or false, without quotes'),
};
