import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { text } from '../values/text.ts';

export const group = {
  doc: 'How the members of a group are asked first, unless a user wants it otherwise ("radgate user set --prefer"). Groups are those of radgate\'s own store and those that an LDAP primary tells.',
  many: true,
  rows: {
    name: {
      type: text(1, 1024),
      required: true,
      example: 'Field staff',
      doc: 'The name of the group, or its DN; of several groups of a user the first one in this file counts.',
    },
    way: {
      type: choice('app', 'approval', 'sms', 'voice', 'email'),
      required: true,
      example: 'sms',
      doc: 'By what; where a user does not have it, by the strongest that he has.',
    },
  },
} as const satisfies Section;
