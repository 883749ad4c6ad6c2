import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { replyValue } from './reply.ts';

/** Between a group and what its members get. */
const arrow = ' -> ';

const mustBe = 'must be "GROUP -> NAME=value", such as "VPN administrators -> Filter-Id=admins"';

/** What the members of a group get: `VPN administrators -> Filter-Id=admins`. */
export const groupReply: ValueType<{ readonly group: string; readonly value: string }> = {
  notation: '`"GROUP -> NAME=value"`',
  schema: z.string(mustBe).transform((text, context) => {
    const at = text.lastIndexOf(arrow);
    const group = text.slice(0, Math.max(0, at)).trim();
    const value = text.slice(at + arrow.length).trim();
    if (at < 0 || group === '') {
      context.addIssue(mustBe);
      return z.NEVER;
    }
    const checked = replyValue.schema.safeParse(value);
    if (checked.success) return { group, value };
    for (const { message } of checked.error.issues) context.addIssue(message);
    return z.NEVER;
  }),
};
