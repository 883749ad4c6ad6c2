import * as z from 'zod';
import type { ValueType } from '../row.ts';

const units = { ms: 1, s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;

/** A time span, written `"2s"`, `"500ms"`, `"5m"`, `"1h"` or `"90d"`; in milliseconds in the Config. Both bounds are included. */
export function duration(least: string, most: string): ValueType<number> {
  const [low, high] = [milliseconds(least), milliseconds(most)];
  if (low === undefined || high === undefined) throw new RangeError(`${least} to ${most} is no span of durations`);
  const must = `must be a duration from "${least}" to "${most}": a whole number with ms, s, m, h or d, in quotes`;
  return {
    notation: `duration, \`"${least}"\` to \`"${most}"\``,
    schema: z.string(must).transform((text, context) => {
      const value = milliseconds(text);
      if (value !== undefined && value >= low && value <= high) return value;
      context.addIssue(must);
      return z.NEVER;
    }),
  };
}

function milliseconds(text: string): number | undefined {
  const [, amount, unit] = /^(\d{1,9})(ms|s|m|h|d)$/.exec(text) ?? [];
  return amount === undefined ? undefined : Number(amount) * units[unit as keyof typeof units];
}
