import { expect } from 'chai';
import { startFreeRadius } from './freeradius.ts';
import type { FreeRadius } from './freeradius.ts';
import { freeUdpPort, hostPort } from './free-port.ts';
import { accessRequest, Code, parsePacket, revealPassword, Type, valuesOfType } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { ask, clientSecret, startScene, upstreamSecret } from './scene.ts';
import type { Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const password = 'wonderland';
const primary = 'timeout = "300ms"\ntries = 2';

peer('freeradius')('failover of the upstream', () => {
  let home: FreeRadius;
  let client: UdpClient;
  let scene: Scene | undefined;
  before(async () => {
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: { alice: { password, reply: [['Filter-Id', 'staff']] } },
    });
  });
  after(() => home?.stop());
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(async () => {
    await client.close();
    await scene?.stop();
    scene = undefined;
  });

  async function login(): Promise<void> {
    if (scene === undefined) throw new Error('no scene');
    const challenge = await ask(client, scene, { identifier: 1, user: 'alice', password });
    expect(challenge.code).to.equal(Code.accessChallenge);
    const [state] = valuesOfType(challenge, Type.state);
    const answer = { identifier: 2, user: 'alice', password: totp(scene.oath('alice')), state };
    const accept = await ask(client, scene, answer);
    expect(accept.code).to.equal(Code.accessAccept);
    expect(valuesOfType(accept, Type.filterId).map(String)).to.deep.equal(['staff']);
  }

  it('asks the next server when the first is silent, after the same bytes twice', async () => {
    const dead = await UdpClient.open();
    const before = (await home.requests()).length;
    scene = await startScene({
      upstream: [hostPort('127.0.0.1', dead.port), home.server],
      enrolled: ['alice'],
      primary,
    });
    await login();
    const { bytes: first } = await dead.next();
    const { bytes: second } = await dead.next();
    expect(revealPassword(parsePacket(first), upstreamSecret).toString()).to.equal(password);
    expect(second.toString('hex')).to.equal(first.toString('hex'));
    expect(dead.unread).to.equal(0);
    expect((await home.requests()).length - before).to.equal(1);
    await dead.close();
  });

  it("asks the next server when the first one's port is closed", async () => {
    const closed = hostPort('127.0.0.1', await freeUdpPort('127.0.0.1'));
    const before = (await home.requests()).length;
    scene = await startScene({ upstream: [closed, home.server], enrolled: ['alice'], primary });
    await login();
    expect((await home.requests()).length - before).to.equal(1);
  });

  it('does not ask the second server when the first one rejects', async () => {
    const second = await UdpClient.open();
    scene = await startScene({
      upstream: [home.server, hostPort('127.0.0.1', second.port)],
      primary,
    });
    const reply = await ask(client, scene, { identifier: 1, user: 'alice', password: 'wrong' });
    expect(reply.code).to.equal(Code.accessReject);
    expect(second.unread).to.equal(0);
    await second.close();
  });

  it('lets nobody in when no server answers', async () => {
    const dead = [await UdpClient.open(), await UdpClient.open()];
    const upstream = dead.map(({ port }) => hostPort('127.0.0.1', port));
    scene = await startScene({ upstream, primary });
    await client.send(accessRequest({ identifier: 1, secret: clientSecret, user: 'alice', password }), scene.nas);
    // Each has its two tries, and then radgate says in its log that it gave up.
    for (const server of dead) {
      await server.next();
      await server.next();
    }
    await scene.radgate.waitForLog(({ reason }) => reason === 'upstream-unreachable', 'its giving up');
    await client.expectSilence(scene.nas, clientSecret);
    await Promise.all(dead.map((server) => server.close()));
  });
});
