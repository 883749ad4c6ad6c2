import type { Section } from '../row.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const hotp = {
  doc: 'Codes from tokens that count (RFC 4226).',
  many: false,
  rows: {
    window: {
      type: wholeNumber(0, 50),
      default: 10,
      doc: 'Codes that may have been skipped, by pressing the button for nothing. Each one more is one more code that a guess can hit.',
    },
  },
} as const satisfies Section;
