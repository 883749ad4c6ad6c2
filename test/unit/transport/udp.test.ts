import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { UdpTransport, type Endpoint, type Peer, type UdpTrouble } from '../../../src/transport/udp.ts';
import { Journal } from '../../peer/journal.ts';
import { UdpClient, type Peer as Address } from '../../peer/udp-client.ts';
import { hasIpv6 } from '../../support/has-ipv6.ts';

interface Received {
  readonly datagram: Buffer;
  readonly peer: Peer;
}

function addressOf(listening: string): Address {
  const [, six, four, port] = /^(?:\[(.+)\]|(.+)):(\d+)$/.exec(listening) ?? [];
  return { address: six ?? four ?? '', port: Number(port) };
}

describe('transport/udp', () => {
  const transports: UdpTransport[] = [];
  const clients: UdpClient[] = [];
  let received: Journal<Received>;
  let troubles: Journal<UdpTrouble>;
  beforeEach(() => {
    received = new Journal();
    troubles = new Journal();
  });
  afterEach(async () => {
    await Promise.all(transports.splice(0).map((transport) => transport.close()));
    await Promise.all(clients.splice(0).map((client) => client.close()));
  });

  const listen = async (...endpoints: Endpoint[]): Promise<UdpTransport> => {
    const transport = await UdpTransport.listen({
      endpoints,
      onDatagram: (datagram, peer) => received.add({ datagram: Buffer.from(datagram), peer }),
      onTrouble: (trouble) => troubles.add(trouble),
    });
    transports.push(transport);
    return transport;
  };
  const client = async (address?: string): Promise<UdpClient> => {
    const one = await UdpClient.open(address);
    clients.push(one);
    return one;
  };
  const first = (transport: UdpTransport): Address => addressOf(transport.listening[0] ?? '');
  const arrived = (text: string): Promise<Received> =>
    received.waitFor(({ datagram }) => datagram.toString() === text, `the datagram "${text}"`);
  const local: Endpoint = { host: '127.0.0.1', port: 0 };

  it('hands on a datagram with where it came from and where it was asked, and answers from there', async () => {
    const transport = await listen(local);
    const nas = await client();
    await nas.send(Buffer.from('question'), first(transport));
    const { peer } = await arrived('question');
    expect(peer).to.include({ address: '127.0.0.1', port: nas.port, socket: transport.listening[0] });
    peer.send(Buffer.from('answer'));
    const answer = await nas.next();
    expect(answer.bytes.toString()).to.equal('answer');
    expect(answer.from).to.deep.equal(first(transport));
  });

  it('listens on any number of addresses, of both families', async function () {
    if (!hasIpv6) this.skip();
    const transport = await listen(local, { host: '127.0.0.2', port: 0 }, { host: '::1', port: 0 });
    const addresses = transport.listening.map(addressOf);
    expect(addresses.map(({ address }) => address)).to.deep.equal(['127.0.0.1', '127.0.0.2', '::1']);
    for (const to of addresses) {
      const nas = await client(isIPv6(to.address) ? '::1' : '127.0.0.1');
      await nas.send(Buffer.from(to.address), to);
      const { peer } = await arrived(to.address);
      peer.send(Buffer.from('answer'));
      expect((await nas.next()).from).to.deep.equal(to);
    }
  });

  for (const host of ['0.0.0.0', '::'])
    it(`${host} is one socket for each address, and each answers from its own`, async () => {
      const transport = await listen({ host, port: 0 });
      const expected = Object.values(networkInterfaces())
        .flatMap((infos) => infos ?? [])
        .filter(({ family }) => host === '::' || family === 'IPv4')
        .map(({ address }) => address);
      const addresses = transport.listening.map(addressOf);
      const plain = addresses.map(({ address }) => address.split('%')[0] ?? '');
      expect(new Set(plain)).to.deep.equal(new Set(expected));
      for (const [i, to] of addresses.entries()) {
        const own = plain[i] ?? '';
        if (own.startsWith('fe80')) continue;
        const nas = await client(own);
        await nas.send(Buffer.from(`to ${own}`), to);
        const { peer } = await arrived(`to ${own}`);
        peer.send(Buffer.from('answer'));
        expect((await nas.next()).from).to.deep.equal(to);
      }
    });

  it('datagrams of no octets and of the most there can be are handed on whole', async () => {
    const transport = await listen(local);
    const nas = await client();
    await nas.send(Buffer.alloc(0), first(transport));
    await nas.send(Buffer.alloc(65_507, 1), first(transport));
    await received.waitFor(({ datagram }) => datagram.length === 65_507, 'the large one');
    expect(received.entries.map(({ datagram }) => datagram.length)).to.deep.equal([0, 65_507]);
  });

  it('a burst beyond what the kernel holds ends nothing', async () => {
    const transport = await listen(local);
    const nas = await client();
    await Promise.all(Array.from({ length: 20_000 }, () => nas.send(Buffer.alloc(1_000), first(transport))));
    await nas.send(Buffer.from('after the burst'), first(transport));
    const again = arrived('after the burst').catch(async () => {
      await nas.send(Buffer.from('after the burst'), first(transport));
      return arrived('after the burst');
    });
    (await again).peer.send(Buffer.from('answer'));
    expect((await nas.next()).bytes.toString()).to.equal('answer');
    expect(troubles.entries).to.deep.equal([]);
  });

  describe('what cannot be listened on is told with its address', () => {
    const failure = (...endpoints: Endpoint[]): Promise<unknown> =>
      listen(...endpoints).catch((error: unknown) => error);

    it('a port that is taken; what was bound before is let go of', async () => {
      const other = await client();
      const before = await client();
      const free = { host: '127.0.0.1', port: before.port };
      await clients.pop()?.close();
      const error = await failure(free, { host: '127.0.0.1', port: other.port });
      expect(error).to.be.instanceOf(OperatorError).with.property('code', 'listen-failed');
      expect(String(error)).to.include(`127.0.0.1:${other.port}`).and.include('EADDRINUSE');
      await listen(free);
    });

    it('an address that this host does not have', async () => {
      const error = await failure({ host: '192.0.2.1', port: 1812 });
      expect(error).to.be.instanceOf(OperatorError).with.property('code', 'listen-failed');
      expect(String(error)).to.include('192.0.2.1:1812');
    });

    it('a wildcard of which no address can be bound', async () => {
      const taken: UdpClient[] = [];
      const probe = await client();
      const addresses = Object.values(networkInterfaces())
        .flatMap((infos) => infos ?? [])
        .flatMap(({ family, address }) => (family === 'IPv4' && address !== '127.0.0.1' ? [address] : []));
      for (const address of addresses) taken.push(await UdpClient.open(address, probe.port));
      try {
        const error = await failure({ host: '0.0.0.0', port: probe.port });
        expect(error).to.be.instanceOf(OperatorError).with.property('code', 'listen-failed');
      } finally {
        await Promise.all(taken.map((each) => each.close()));
      }
    });

    it('one address of a wildcard that is taken: the others serve, and it is told once', async function () {
      const addresses = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
      if (addresses.filter(({ family }) => family === 'IPv4').length < 2) this.skip();
      const other = await client();
      const transport = await listen({ host: '0.0.0.0', port: other.port });
      const told = troubles.entries.filter(({ kind }) => kind === 'bind-failed');
      expect(told.map(({ at }) => at)).to.deep.equal([`127.0.0.1:${other.port}`]);
      expect(transport.listening).not.to.include(`127.0.0.1:${other.port}`).and.not.to.have.length(0);
    });
  });

  it('an answer that cannot be sent is told, and the next one is sent', async () => {
    const transport = await listen(local);
    const nas = await client();
    await nas.send(Buffer.from('question'), first(transport));
    const { peer } = await arrived('question');
    peer.send(Buffer.alloc(70_000));
    const trouble = await troubles.waitFor(({ kind }) => kind === 'send-failed', 'a send error');
    expect(trouble.at).to.equal(`127.0.0.1:${nas.port}`);
    peer.send(Buffer.from('answer'));
    expect((await nas.next()).bytes.toString()).to.equal('answer');
  });

  it('an answer to somebody who has gone ends nothing', async () => {
    const transport = await listen(local);
    const gone = await client();
    await gone.send(Buffer.from('gone'), first(transport));
    const { peer } = await arrived('gone');
    await clients.pop()?.close();
    for (let i = 0; i < 5; i++) peer.send(Buffer.from('answer'));
    const nas = await client();
    await nas.send(Buffer.from('next'), first(transport));
    (await arrived('next')).peer.send(Buffer.from('answer'));
    expect((await nas.next()).bytes.toString()).to.equal('answer');
  });

  it('once its intake is stopped it takes no more, and still answers', async () => {
    const [transport, witness] = [await listen(local), await listen(local)];
    const nas = await client();
    await nas.send(Buffer.from('before'), first(transport));
    const { peer } = await arrived('before');
    transport.stopIntake();
    await nas.send(Buffer.from('after'), first(transport));
    peer.send(Buffer.from('answer'));
    expect((await nas.next()).bytes.toString()).to.equal('answer');
    // What came to the witness later was taken later: had "after" been handed on, it would be there by now.
    await nas.send(Buffer.from('witness'), first(witness));
    await arrived('witness');
    expect(received.entries.map(({ datagram }) => datagram.toString())).to.deep.equal(['before', 'witness']);
  });

  it('an answer given just before it is closed is sent', async () => {
    const transport = await listen(local);
    const nas = await client();
    await nas.send(Buffer.from('question'), first(transport));
    const { peer } = await arrived('question');
    peer.send(Buffer.from('answer'));
    await transport.close();
    expect((await nas.next()).bytes.toString()).to.equal('answer');
  });

  it('an answer after it was closed is told, not thrown', async () => {
    const transport = await listen(local);
    const nas = await client();
    await nas.send(Buffer.from('question'), first(transport));
    const { peer } = await arrived('question');
    await transport.close();
    peer.send(Buffer.from('answer'));
    await troubles.waitFor(({ kind }) => kind === 'send-failed', 'a send error');
    expect(transport.listening).to.deep.equal([]);
    await transport.close();
  });
});
