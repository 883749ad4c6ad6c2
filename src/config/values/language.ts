import * as z from 'zod';
import type { ValueType } from '../row.ts';

const must = 'must be a language, such as "en", "fr" or "pt-BR"';

/** RFC 5646 §2.1: a language, and perhaps a region. */
export const language: ValueType<string> = {
  notation: 'language, such as `"fr"`',
  schema: z.string(must).regex(/^[a-z]{2,3}(-[A-Z]{2})?$/, must),
};
