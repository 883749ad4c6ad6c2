import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** Text for people of `least` to `most` octets in UTF-8. */
export function text(least: number, most: number): ValueType<string> {
  const must = `must be text in quotes of ${least} to ${most} octets in UTF-8`;
  return {
    notation: `text, ${least} to ${most} octets`,
    schema: z.string(must).refine((value) => {
      const octets = Buffer.byteLength(value);
      return octets >= least && octets <= most;
    }, must),
  };
}

const mustBeName = 'must be a name in quotes: 1 to 64 characters, no control characters, no space at either end';

/** What a client or a primary is called in logs, audit rows and other options. */
export const name: ValueType<string> = {
  notation: 'name, 1 to 64 characters',
  schema: z.string(mustBeName).regex(/^(?!\s)\P{Cc}{1,64}(?<!\s)$/u, mustBeName),
};

/** The name of who issues the OATH keys. A colon ends it in an otpauth URI, so it has none. */
export const issuer: ValueType<string> = {
  notation: 'name without a colon, 1 to 64 characters',
  schema: name.schema.refine(
    (value) => !value.includes(':'),
    'must not hold a colon (":"), which ends it in an otpauth URI',
  ),
};
