import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be the beginning of an international number, such as "+33" or "+4179"';

/** The beginning of numbers in E.164. */
export const prefix: ValueType<string> = {
  notation: 'prefix, such as `"+33"`',
  schema: z.string(must).regex(/^\+[1-9]\d{0,10}$/, must),
};

/** What messages come from. */
export interface Sender {
  /** "" for all numbers that have no other. */
  readonly prefix: string;
  readonly sender: string;
}

const mustBeSender =
  'must be a sender, such as "+15551234567" or "RADGATE", or a prefix and a sender, such as "+33=RADGATE"';

/** A number or a name of up to 11 letters that messages come from, perhaps for numbers of one prefix only. */
export const sender: ValueType<Sender> = {
  notation: '`"SENDER"` or `"PREFIX=SENDER"`',
  schema: z.string(mustBeSender).transform((text, context): Sender => {
    const match = /^(?:(\+[1-9]\d{0,10})=)?(\+?\d{3,15}|[A-Za-z0-9 ._&-]{1,11})$/.exec(text);
    if (match) return { prefix: match[1] ?? '', sender: match[2] ?? '' };
    context.addIssue(mustBeSender);
    return z.NEVER;
  }),
};
