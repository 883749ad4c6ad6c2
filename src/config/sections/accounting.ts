import type { Section } from '../row.ts';
import { duration } from '../values/duration.ts';

export const accounting = {
  doc: 'Sessions that devices report (RFC 2866), where radgate records them itself. See [listen] acct and [[client]] accounting.',
  many: false,
  rows: {
    keep: {
      type: duration('1h', '3650d'),
      default: '90d',
      doc: 'How long records are kept; older ones are removed. It bounds the table, and what you know of your users.',
    },
  },
} as const satisfies Section;
