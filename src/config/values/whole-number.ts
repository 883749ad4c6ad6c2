import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** A TOML integer within `least` and `most`, both included. */
export function wholeNumber(least: number, most: number): ValueType<number> {
  const must = `must be a whole number from ${least} to ${most}`;
  return {
    notation: `whole number, ${least} to ${most}`,
    schema: z.int(must).min(least, must).max(most, must),
  };
}
