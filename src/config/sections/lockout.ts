import type { Section } from '../row.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const lockout = {
  doc: 'When guessing codes ends.',
  many: false,
  rows: {
    failures: {
      type: wholeNumber(1, 100),
      default: 10,
      doc: 'Wrong codes, over all logins and clients, that lock a user until "radgate user unlock". NIST SP 800-63B-4 allows no more than 100.',
    },
  },
} as const satisfies Section;
