import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** What one message costs. */
export interface Price {
  /** In millionths of the currency's unit: sums are exact. */
  readonly millionths: number;
  /** ISO 4217, such as "EUR". */
  readonly currency: string;
}

const must = 'must be such as "0.075 EUR": an amount of at most six decimals, and a currency by its three letters';

/** What one message costs, written `"0.075 EUR"`. */
export const price: ValueType<Price> = {
  notation: '`"AMOUNT CURRENCY"`, such as `"0.075 EUR"`',
  schema: z.string(must).transform((text, context): Price => {
    const [, whole, decimals = '', currency] = /^(\d{1,6})(?:\.(\d{1,6}))? ([A-Z]{3})$/.exec(text) ?? [];
    if (whole !== undefined && currency !== undefined)
      return { millionths: Number(whole + decimals.padEnd(6, '0')), currency };
    context.addIssue(must);
    return z.NEVER;
  }),
};
