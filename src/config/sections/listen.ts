import type { Section } from '../row.ts';
import { accountingListen, listenEndpoint } from '../values/endpoint.ts';
import { oneOrMore } from '../values/list.ts';
import { wholeNumber } from '../values/whole-number.ts';

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
    workers: {
      type: wholeNumber(1, 16),
      default: 1,
      doc: 'Processes that serve these addresses together (SO_REUSEPORT), for a host with more than two cores whose first process is busy: each takes some 150 MiB. They share the store, where logins then wait for their code too. Needs Linux and Node.js 22.12 or later. Metrics of the others are at the ports above that of [metrics] listen, one for each.',
    },
  },
} as const satisfies Section;
