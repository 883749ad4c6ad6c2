import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** So many within so long. */
export interface Rate {
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

const must = 'must be such as "5/5m": how many, and within how long (10s to 31 days)';
const units = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const;
const longest = 31 * units.d;

/** How often something may happen, written `"5/5m"`; windows in s, m, h or d. */
export const rate: ValueType<Rate> = {
  notation: '`"COUNT/TIME"`, such as `"5/5m"` or `"30/1d"`',
  schema: z.string(must).transform((text, context): Rate => {
    const [, most, amount, unit] = /^([1-9]\d{0,8})\/([1-9]\d{0,8})(s|m|h|d)$/.exec(text) ?? [];
    const window = Number(amount) * units[unit as keyof typeof units];
    if (most !== undefined && window >= 10_000 && window <= longest) return { most: Number(most), window };
    context.addIssue(must);
    return z.NEVER;
  }),
};
