import type { Section } from '../row.ts';
import { choice } from '../values/choice.ts';
import { duration } from '../values/duration.ts';
import { accountingServer, serverEndpoint } from '../values/endpoint.ts';
import { localAddress } from '../values/ip.ts';
import { oneOrMore } from '../values/list.ts';
import { password } from '../values/password.ts';
import { sharedSecret } from '../values/shared-secret.ts';
import { name, text } from '../values/text.ts';
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
      mode: {
        type: choice('fail-over', 'load-balance'),
        default: 'fail-over',
        doc: '"fail-over" asks the first server that is alive, "load-balance" the one that has the fewest requests to answer. The rounds of one login stay with one server.',
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
      probe: {
        type: choice('status-server', 'user', 'none'),
        default: 'status-server',
        doc: 'How radgate learns that a server is gone, or back, without a login having to wait for it. "status-server" asks with Status-Server (RFC 5997) and minds silence only of a server that has answered one: NPS never does. "user", best for NPS, logs probe_user in; any reply will do, a Reject too. "none" leaves it to the logins: one of them tries a silent server again after each probe_interval.',
      },
      probe_interval: {
        type: duration('5s', '10m'),
        default: '30s',
        doc: 'How often a server that is alive is probed. A silent one is probed every 3 s, and is alive again after three answers or one to a login.',
      },
      probe_user: {
        type: text(1, 253),
        example: 'radgate-probe',
        doc: 'With probe = "user": an account that may do nothing. It is better not to have one with that name at all: a Reject is answer enough, and no account can be locked.',
      },
      probe_password: {
        type: password,
        example: 'probe.password',
        doc: 'With probe = "user": what is sent as its password.',
      },
      accounting_server: {
        type: oneOrMore(accountingServer),
        derived: 'the same hosts as `server`, each at its port + 1',
        example: ['192.0.2.5:1813', '192.0.2.6:1813'],
        doc: 'Where Accounting-Requests are relayed to, with the same secret; see [listen] acct.',
      },
      outer_identity: {
        type: choice('unproven', 'verified'),
        default: 'unproven',
        doc: 'With EAP the name outside the tunnel is anything: the user is who the User-Name in their Access-Accept says, and an EAP login without one is rejected. "verified" if these servers refuse an outer name that is not the inner one.',
      },
      source: {
        type: localAddress,
        example: '192.0.2.2',
        doc: 'The address of this host to send from, where it has several and the server knows radgate by one of them.',
      },
    },
    local: {},
  },
} as const satisfies Section;
