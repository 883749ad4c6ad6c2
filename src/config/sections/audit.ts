import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { name } from '../values/text.ts';

const shown = choice('off', 'masked', 'full');

export const audit = {
  doc: 'The audit: what logins came to and what administrators changed. See docs/audit.md.',
  many: false,
  rows: {
    node: {
      type: name,
      example: 'radgate-1',
      doc: 'Names this host in its rows. Default: its host name. Each name has a chain of its own, so give a container whose host name changes a fixed one.',
    },
    keep: {
      type: duration('1d', '36500d'),
      example: '400d',
      doc: 'How long rows are kept; older ones are removed little by little, and what is left stays proven. Without it all are kept for ever. Reports and bills go back as far.',
    },
    first_name: {
      type: shown,
      default: 'masked',
      doc: 'Whether rows hold the first name of their user: "off", "masked" ("A****") or "full". What a row holds stays in it.',
    },
    last_name: { type: shown, default: 'masked', doc: 'The same of the last name.' },
    email: { type: shown, default: 'masked', doc: 'The same of the e-mail address: "a****@corp.example".' },
    phone: { type: shown, default: 'masked', doc: 'The same of the phone number: "+41 ** ** ** 12".' },
  },
} as const satisfies Section;
