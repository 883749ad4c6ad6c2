import { expect } from 'chai';
import { hostPort } from './free-port.ts';
import { Code, statusServer, Type, verifySignedReply } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { clientSecret, startScene } from './scene.ts';
import type { Scene } from './scene.ts';
import { UdpClient } from './udp-client.ts';

/** RFC 5997, seen from a NAS. */
describe('Status-Server, at the built program', () => {
  let home: UdpClient;
  let scene: Scene;
  let client: UdpClient;
  before(async function () {
    this.timeout(60_000);
    home = await UdpClient.open();
    const upstream = [hostPort('127.0.0.1', home.port)];
    scene = await startScene({ upstream, listen: ['127.0.0.1:0', '[::1]:0'] });
  });
  after(async () => {
    await scene?.stop();
    expect(home?.unread, 'Status-Server is never forwarded').to.equal(0);
    await home?.close();
  });
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(() => client.close());

  it('is answered with a signed Access-Accept, over IPv4 and IPv6', async () => {
    const families = scene.radgate.listening.map(({ address }) => address);
    expect(families).to.deep.equal(['127.0.0.1', '::1']);
    for (const listening of scene.radgate.listening) {
      const socket = await UdpClient.open(listening.address);
      const request = statusServer({ identifier: 5, secret: clientSecret });
      const answer = verifySignedReply(await socket.exchange(request, listening), request, clientSecret);
      expect(answer.code).to.equal(Code.accessAccept);
      expect(answer.attributes.map(({ type }) => type)).to.deep.equal([Type.messageAuthenticator]);
      await socket.close();
    }
  });

  for (const messageAuthenticator of ['none', 'wrong'] as const) {
    it(`is not answered when its Message-Authenticator is ${messageAuthenticator}`, async () => {
      await client.send(statusServer({ identifier: 1, secret: clientSecret, messageAuthenticator }), scene.nas);
      await client.expectSilence(scene.nas, clientSecret);
    });
  }

  it('is not answered when it is signed with another secret', async () => {
    await client.send(statusServer({ identifier: 1, secret: 'some other secret' }), scene.nas);
    await client.expectSilence(scene.nas, clientSecret);
  });

  it('is not answered to a stranger, and the log says which address knocked', async () => {
    const stranger = await UdpClient.open('127.0.0.9');
    await stranger.send(statusServer({ identifier: 1, secret: clientSecret }), scene.nas);
    await scene.radgate.waitForLog((entry) => JSON.stringify(entry).includes('127.0.0.9'), 'a line about 127.0.0.9');
    // Its datagram came before this one at the same socket.
    await client.expectSilence(scene.nas, clientSecret);
    expect(stranger.unread).to.equal(0);
    await stranger.close();
  });

  peer('radclient')('with radclient', () => {
    it('is answered', async () => {
      const { reply } = await radclient({
        server: scene.server,
        secret: clientSecret,
        command: 'status',
        attributes: [['Message-Authenticator', '0x00']],
      });
      expect(reply?.code).to.equal('Access-Accept');
      expect(reply?.attributes.map(({ name }) => name)).to.deep.equal(['Message-Authenticator']);
    });
  });
});
