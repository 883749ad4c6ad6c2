import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** One value or a list of one or more; always a list in the Config. */
export function oneOrMore<T>(item: ValueType<T>): ValueType<readonly T[]> {
  return {
    notation: `${item.notation}; or a list`,
    schema: z.preprocess(
      (value) => (Array.isArray(value) ? value : [value]),
      z.array(item.schema).min(1, 'must not be an empty list').readonly(),
    ),
  };
}
