import type { Section } from '../row.ts';
import { duration } from '../values/duration.ts';
import { choice } from '../values/choice.ts';

export const log = {
  doc: 'What radgate writes to its standard output.',
  many: false,
  rows: {
    level: {
      type: choice('fatal', 'error', 'warn', 'info', 'debug', 'trace'),
      default: 'info',
      doc: '"info" is one line for each login; "debug" adds one for each challenge that is sent.',
    },
    format: {
      type: choice('auto', 'json', 'pretty'),
      default: 'auto',
      doc: '"json" for log collectors, "pretty" for people; "auto" is pretty on a terminal, else JSON.',
    },
    secret_age: {
      type: duration('1d', '36500d'),
      default: '730d',
      doc: 'Secrets in files of their own that were changed longer ago are warned of at start, once a day, in /healthz and by "radgate check".',
    },
  },
} as const satisfies Section;
