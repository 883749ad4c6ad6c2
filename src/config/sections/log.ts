import type { Section } from '../row.ts';
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
  },
} as const satisfies Section;
