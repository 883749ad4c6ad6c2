import type { Section } from '../row.ts';
import { accountingListen, listenEndpoint } from '../values/endpoint.ts';
import { oneOrMore } from '../values/list.ts';

export const listen = {
  doc: 'Where RADIUS clients reach radgate.',
  many: false,
  rows: {
    auth: {
      type: oneOrMore(listenEndpoint),
      default: ['127.0.0.1:1812'],
      doc: 'UDP addresses for Access-Requests. Loopback reaches nobody else: give the address that the VPN device asks, or 0.0.0.0 for every IPv4 address of this host, or [::] for every address of both families.',
    },
    acct: {
      type: oneOrMore(accountingListen),
      example: ['0.0.0.0:1813'],
      doc: 'UDP addresses for Accounting-Requests (RFC 2866). Left out, there is no accounting.',
    },
  },
} as const satisfies Section;
