import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { serverEndpoint } from '../values/endpoint.ts';
import { localAddress } from '../values/ip.ts';
import { oneOrMore } from '../values/list.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { name } from '../values/text.ts';
import { wholeNumber } from '../values/whole-number.ts';

export const primary = {
  doc: 'Where passwords are checked.',
  many: true,
  needed: 'it says where passwords are checked',
  rows: {
    name: {
      type: name,
      required: true,
      example: 'nps',
      doc: 'What [[client]] primary, logs and audit rows call it; unique.',
    },
    type: {
      type: choice('radius', 'local'),
      required: true,
      example: 'radius',
      doc: '"radius": another RADIUS server, such as NPS or FreeRADIUS. "local": users of radgate\'s own store, made with "radgate user add".',
    },
  },
  variants: {
    radius: {
      server: {
        type: oneOrMore(serverEndpoint),
        required: true,
        example: ['192.0.2.5:1812', '192.0.2.6:1812'],
        doc: 'The servers, in the order in which they are asked: the next one when one is silent.',
      },
      secret: {
        type: sharedSecret,
        required: true,
        example: 'nps.secret',
        doc: 'The secret that these servers have for radgate as their client, 16 octets or more.',
      },
      message_authenticator: {
        type: choice('require', 'auto', 'off'),
        default: 'auto',
        doc: 'Whether their replies must carry Message-Authenticator, which stops forgeries (CVE-2024-3596). "require" for servers patched since July 2024; "auto" requires it of a server once it has sent one; "off" leaves forgeries possible.',
      },
      timeout: {
        type: duration('100ms', '30s'),
        default: '2s',
        doc: 'How long each try waits for a reply. Raise it for a server far away or one that asks others.',
      },
      tries: {
        type: wholeNumber(1, 10),
        default: 2,
        doc: 'Requests sent to each server before the next one is asked. All tries of all servers stay within the deadline of the client.',
      },
      outer_identity: {
        type: choice('unproven', 'named', 'verified'),
        default: 'unproven',
        doc: 'Who an EAP login is of: the name outside the tunnel is whatever the user writes, so "unproven" rejects EAP. "named" once these servers put the name inside the tunnel into User-Name of the Access-Accept, which must be set up (docs/primaries.md): FreeRADIUS by itself puts the outer one there. "verified" if they refuse an outer name that is not the inner one.',
      },
      source: {
        type: localAddress,
        example: '192.0.2.2',
        doc: 'The address of this host to send from, where it has several and the server knows radgate by one of them.',
      },
    },
    local: {
      keep: {
        type: choice('hash', 'nt-hash', 'password'),
        default: 'hash',
        doc: 'What is kept of a password when it is set. "hash": enough for PAP. "nt-hash": its NT hash too, sealed, for MS-CHAPv2; whoever has it can log in. "password": the password itself, sealed, for CHAP and MS-CHAPv2; whoever has the store and its key can read it. Of several local primaries the one that keeps most decides. See docs/primaries/local.md.',
      },
    },
  },
} as const satisfies Section;
