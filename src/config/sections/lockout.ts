import type { Section } from '../row.ts';
import { duration } from '../values/duration.ts';
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
    pause_after: {
      type: wholeNumber(0, 100),
      default: 0,
      doc: 'Wrong codes in a row from which each one more makes the user wait for the pause. 0 for never: then the lock above is all there is.',
    },
    pause: {
      type: duration('10s', '24h'),
      default: '5m',
      doc: 'How long that wait is.',
    },
    repeat_window: {
      type: duration('0s', '60s'),
      default: '10s',
      doc: 'The same wrong code again from the same client within this time is the retry of a device, and not counted twice.',
    },
  },
} as const satisfies Section;
