import type { Section } from '../row.ts';
import { name } from '../values/text.ts';

export const audit = {
  doc: 'The audit: what logins came to and what administrators changed. See docs/audit.md.',
  many: false,
  rows: {
    node: {
      type: name,
      example: 'radgate-1',
      doc: 'Names this host in its rows. Default: its host name. Each name has a chain of its own, so give a container whose host name changes a fixed one.',
    },
  },
} as const satisfies Section;
