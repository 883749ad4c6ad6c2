import type { Section } from '../row.ts';
import { flag } from '../values/flag.ts';
import { oneOrMore } from '../values/list.ts';
import { realmSuffix } from '../values/realm-suffix.ts';
import { name } from '../values/text.ts';

export const realm = {
  doc: 'Users whose passwords are checked elsewhere than at the primary of their client, told by the realm in their name: alice@partner.example, partner.example\\alice, partner.example/alice, alice%partner.example. They are other people than users of the same name without a realm or in another one.',
  many: true,
  rows: {
    suffix: {
      type: realmSuffix,
      required: true,
      example: 'partner.example',
      doc: 'The realm, in any case. It stands for its subdomains too, unless they have a section of their own: the longest suffix wins.',
    },
    primary: {
      type: name,
      required: true,
      example: 'nps',
      doc: 'The [[primary]] that checks the passwords of these users.',
    },
    client: {
      type: oneOrMore(name),
      example: ['vpn'],
      doc: 'The [[client]]s at which this holds, and at which names are told apart by it; left out, all. Of two sections with one suffix the one that names the client wins.',
    },
    strip: {
      type: flag,
      default: false,
      doc: 'Whether the realm is cut off the User-Name that goes to the primary. With EAP and MS-CHAP the name goes as it came, since the proof is made of it. Not for a [[primary]] of type "local", which knows users by the whole name.',
    },
  },
} as const satisfies Section;
