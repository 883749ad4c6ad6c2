import { createSocket } from 'node:dgram';
import { networkInterfaces } from 'node:os';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { UdpTransport, type Peer, type UdpTrouble } from '../../../src/transport/udp.ts';
import { UdpClient } from '../../peer/udp-client.ts';

describe('UdpTransport', () => {
  const open: { close(): Promise<unknown> }[] = [];
  const troubles: UdpTrouble[] = [];
  afterEach(async () => {
    for (const each of open.splice(0)) await each.close();
    troubles.length = 0;
  });

  /** Echoes what comes. */
  const listen = async (...hosts: readonly string[]): Promise<UdpTransport> => {
    const transport = await UdpTransport.listen({
      endpoints: hosts.map((host) => ({ host, port: 0 })),
      onDatagram: (datagram: Buffer, peer: Peer) => peer.send(datagram),
      onTrouble: (trouble) => troubles.push(trouble),
    });
    open.push(transport);
    return transport;
  };
  const client = async (address: string): Promise<UdpClient> => {
    const opened = await UdpClient.open(address);
    open.push(opened);
    return opened;
  };
  const portOf = (listening: string): number => Number(listening.slice(listening.lastIndexOf(':') + 1));

  it('listens on IPv4 and IPv6, and answers from the address that was asked', async () => {
    const { listening } = await listen('127.0.0.1', '::1', '127.0.0.77');
    expect(listening).to.have.length(3);
    for (const [index, address] of ['127.0.0.1', '::1', '127.0.0.77'].entries()) {
      const asker = await client(address === '::1' ? '::1' : '127.0.0.1');
      await asker.send(Buffer.from('hello'), { address, port: portOf(listening[index] ?? '') });
      const { bytes, from } = await asker.next();
      expect(bytes.toString()).to.equal('hello');
      expect(from.address).to.equal(address);
    }
  });

  it('spells a wildcard out: one socket for each address of this host', async () => {
    const addresses = Object.values(networkInterfaces()).flatMap((infos) => infos ?? []);
    const { listening: ipv4 } = await listen('0.0.0.0');
    expect(ipv4).to.have.length(addresses.filter(({ family }) => family === 'IPv4').length);
    expect(ipv4.some((at) => at.startsWith('0.0.0.0'))).to.equal(false);
    const { listening: both } = await listen('::');
    expect(both.some((at) => at.startsWith('[::1]:'))).to.equal(true);
    expect(both.some((at) => at.startsWith('127.0.0.1:'))).to.equal(true);
  });

  it('says which address it cannot listen on', async () => {
    const taken = createSocket('udp4');
    open.push({ close: () => new Promise((resolve) => taken.close(() => resolve(undefined))) });
    await new Promise<void>((resolve) => taken.bind(0, '127.0.0.1', resolve));
    const { port } = taken.address();
    const refused = await UdpTransport.listen({
      endpoints: [{ host: '127.0.0.1', port }],
      onDatagram: () => {},
      onTrouble: () => {},
    }).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (!(refused instanceof OperatorError)) throw new Error('it listens');
    expect(refused.code).to.equal('listen-failed');
    expect(refused.message).to.include(`127.0.0.1:${port}`).and.include('EADDRINUSE');
  });

  it('goes on after a reply that could not be sent', async () => {
    let count = 0;
    const transport = await UdpTransport.listen({
      endpoints: [{ host: '127.0.0.1', port: 0 }],
      // Longer than a datagram can be: EMSGSIZE.
      onDatagram: (datagram, peer) => peer.send(++count === 1 ? Buffer.alloc(70_000) : datagram),
      onTrouble: (trouble) => troubles.push(trouble),
    });
    open.push(transport);
    const asker = await client('127.0.0.1');
    const to = { address: '127.0.0.1', port: portOf(transport.listening[0] ?? '') };
    await asker.send(Buffer.from('first'), to);
    await asker.send(Buffer.from('second'), to);
    expect((await asker.next()).bytes.toString()).to.equal('second');
    expect(troubles.map(({ kind }) => kind)).to.deep.equal(['send-failed']);
  });

  it('an answer that comes when its socket is closed does no harm', async () => {
    const came: Peer[] = [];
    const transport = await UdpTransport.listen({
      endpoints: [{ host: '127.0.0.1', port: 0 }],
      onDatagram: (datagram, peer) => {
        came.push(peer);
        peer.send(datagram);
      },
      onTrouble: (trouble) => troubles.push(trouble),
    });
    const asker = await client('127.0.0.1');
    await asker.exchange(Buffer.from('hello'), { address: '127.0.0.1', port: portOf(transport.listening[0] ?? '') });
    await transport.close();
    came[0]?.send(Buffer.from('too late'));
    expect(troubles.map(({ kind }) => kind)).to.deep.equal(['send-failed']);
  });
});
