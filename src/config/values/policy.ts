import * as z from 'zod';
// The dictionaries tell which attributes there are, and the line of one that is wrong is known here alone.
// oxlint-disable-next-line typescript/no-restricted-imports, eslint/no-restricted-imports
import { encodeAttribute } from '../../packet/encode-attribute.ts';
import { foldUserName } from '../../policy/user-name.ts';
import type { ValueType } from '../row.ts';

/** A user's name, in any spelling of it. */
export const userName: ValueType<string> = {
  notation: 'user name',
  schema: z
    .string('must be a user name in quotes')
    .refine((value) => foldUserName(value) !== undefined, 'must be a user name: 1 to 253 octets, at most one domain'),
};

const mustBeDay = 'must be a day in quotes, such as "2027-01-15"';

/** A day of the calendar. */
export const day: ValueType<string> = {
  notation: 'day, `"2027-01-15"`',
  schema: z.string(mustBeDay).refine((value) => {
    if (!/^20\d\d-\d\d-\d\d$/.test(value)) return false;
    const time = Date.parse(`${value}T00:00:00Z`);
    return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
  }, mustBeDay),
};

const mustBeHours = 'must be hours in quotes, such as "08:00-18:00"';

/** A span of the day in minutes; one that ends before it begins goes over midnight. */
export const hours: ValueType<{ readonly from: number; readonly to: number }> = {
  notation: 'hours, `"08:00-18:00"`',
  schema: z.string(mustBeHours).transform((value, context) => {
    const [, h1 = '', m1 = '', h2 = '', m2 = ''] =
      /^([01]\d|2[0-3]):([0-5]\d)-([01]\d|2[0-4]):([0-5]\d)$/.exec(value) ?? [];
    const span = { from: Number(h1) * 60 + Number(m1), to: Number(h2) * 60 + Number(m2) };
    if (h1 !== '' && span.to <= 1440 && span.from !== span.to) return span;
    context.addIssue(mustBeHours);
    return z.NEVER;
  }),
};

/** IANA's name of a time zone. */
export const timeZone: ValueType<string> = {
  notation: 'IANA time zone, `"Europe/Paris"`',
  schema: z.string('must be a time zone in quotes').refine((value) => {
    try {
      return new Intl.DateTimeFormat('en', { timeZone: value }).format(0) !== '';
    } catch {
      return false;
    }
  }, 'must be a time zone by IANA\'s name, such as "Europe/Paris" or "UTC"'),
};

/** An attribute and its value, as the dictionaries have them: `NAS-Port-Type=Virtual`. */
export const attributeValue: ValueType<string> = {
  notation: '`"NAME=value"`',
  schema: z.string('must be NAME=value in quotes').superRefine((value, context) => {
    const problem = problemOf(value);
    if (problem !== undefined) context.addIssue(problem);
  }),
};

/** What is wrong with `NAME=value`. */
export function problemOf(value: string): string | undefined {
  const at = value.indexOf('=');
  if (at < 1) return 'must be NAME=value in quotes, such as "NAS-Port-Type=Virtual"';
  try {
    encodeAttribute(value.slice(0, at).trim(), value.slice(at + 1).trim());
    return undefined;
  } catch (error) {
    return `is no attribute: ${error instanceof Error ? error.message : ''}`;
  }
}
