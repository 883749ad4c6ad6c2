import { expect } from 'chai';
import { clientAddress, trustedProxies } from '../../../src/web/client-address.ts';

const isTrusted = trustedProxies(['127.0.0.1', '10.0.0.0/8', '2001:db8:1::/48']);

const cases: readonly {
  readonly title: string;
  readonly socket: string;
  readonly header: string | undefined;
  readonly client: string;
}[] = [
  { title: 'no proxy', socket: '192.0.2.1', header: undefined, client: '192.0.2.1' },
  { title: 'a stranger who writes the header', socket: '192.0.2.1', header: '10.0.0.1', client: '192.0.2.1' },
  { title: 'a proxy that says nothing', socket: '127.0.0.1', header: undefined, client: '127.0.0.1' },
  { title: 'a proxy', socket: '127.0.0.1', header: '192.0.2.7', client: '192.0.2.7' },
  {
    title: 'a client that wrote an address before',
    socket: '127.0.0.1',
    header: '198.51.100.1, 192.0.2.7',
    client: '192.0.2.7',
  },
  { title: 'two proxies', socket: '127.0.0.1', header: '198.51.100.1,192.0.2.7, 10.1.2.3', client: '192.0.2.7' },
  { title: 'a client that says it is a proxy', socket: '10.0.0.1', header: '127.0.0.1', client: '127.0.0.1' },
  { title: 'what is no address', socket: '127.0.0.1', header: '192.0.2.7, unknown', client: '127.0.0.1' },
  { title: 'an address with a port', socket: '127.0.0.1', header: '192.0.2.7:4711', client: '192.0.2.7' },
  { title: 'IPv6 with a port', socket: '127.0.0.1', header: '[2001:DB8:0::7]:4711', client: '2001:db8::7' },
  { title: 'IPv6 in brackets', socket: '127.0.0.1', header: '[2001:db8::7]', client: '2001:db8::7' },
  { title: 'two proxies that write ports', socket: '127.0.0.1', header: '192.0.2.7:1,10.1.2.3:2', client: '192.0.2.7' },
  { title: 'no address before a port', socket: '127.0.0.1', header: '[unknown]:4711', client: '127.0.0.1' },
  { title: 'IPv4 mapped into IPv6', socket: '::ffff:127.0.0.1', header: '::ffff:192.0.2.7', client: '192.0.2.7' },
  { title: 'IPv6', socket: '2001:db8:1::5', header: '2001:DB8:0:0::7', client: '2001:db8::7' },
];

describe('the address of a client of the pages', () => {
  for (const { title, socket, header, client } of cases)
    it(title, () => {
      expect(clientAddress(socket, header, isTrusted)).to.equal(client);
    });
});
