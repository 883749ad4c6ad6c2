import * as z from 'zod';
import type { ValueType } from '../row.ts';
import { closest } from '../suggest.ts';

/** One of a few words. */
export function choice<const Words extends readonly [string, ...string[]]>(...words: Words): ValueType<Words[number]> {
  return {
    notation: words.map((word) => `\`"${word}"\``).join(', '),
    schema: z.enum(words, { error: ({ input }) => refusal(input, words) }),
  };
}

/** `"auto"`, or a boolean that may be written with or without quotes. */
export const autoOrFlag: ValueType<'auto' | boolean> = {
  notation: '`"auto"`, `true`, `false`',
  schema: z
    .preprocess(
      (value) => (typeof value === 'boolean' ? String(value) : value),
      z.enum(['auto', 'true', 'false'], { error: ({ input }) => refusal(input, ['auto', 'true', 'false']) }),
    )
    .transform((word) => (word === 'auto' ? word : word === 'true')),
};

function refusal(input: unknown, words: readonly string[]): string {
  const must =
    words.length === 1 ? `must be "${words[0]}"` : `must be one of ${words.map((word) => `"${word}"`).join(', ')}`;
  const near = typeof input === 'string' ? closest(input, words) : undefined;
  return near === undefined ? must : `${must}; did you mean "${near}"?`;
}
