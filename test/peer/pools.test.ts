import { expect } from 'chai';
import { freeUdpPort, hostPort } from './free-port.ts';
import { startFreeRadius, type FreeRadius, type FreeRadiusOptions } from './freeradius.ts';
import { accessRequest, Code, parsePacket, reply, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import type { LogEntry } from './radgate.ts';
import { ask, startScene, upstreamSecret, type Scene } from './scene.ts';
import { UdpClient, type Peer } from './udp-client.ts';

const password = 'wonderland';
const users: FreeRadiusOptions['users'] = { alice: { password } };
const wrong = { user: 'alice', password: 'wrong' };

/** A Reject comes from the upstream alone: it tells that one answered. */
peer('freeradius')('pools of RADIUS servers', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let client: UdpClient;
  let scene: Scene | undefined;
  const others: UdpClient[] = [];
  before(async () => {
    home = await startFreeRadius({ secret: upstreamSecret, users });
  });
  after(() => home?.stop());
  beforeEach(async () => {
    client = await UdpClient.open();
  });
  afterEach(async () => {
    await client.close();
    await scene?.stop();
    scene = undefined;
    await Promise.all(others.splice(0).map((server) => server.close()));
  });

  const other = async (): Promise<UdpClient> => {
    const server = await UdpClient.open();
    others.push(server);
    return server;
  };
  const at = ({ address, port }: Peer): string => hostPort(address, port);
  let identifier = 0;
  const login = async (own = wrong): Promise<RawPacket> => {
    if (scene === undefined) throw new Error('no scene');
    return ask(client, scene, { identifier: identifier++ % 200, ...own });
  };
  const health = (standing: string, server: string): Promise<LogEntry> => {
    if (scene === undefined) throw new Error('no scene');
    return scene.radgate.waitForLog(
      (entry) => entry['standing'] === standing && entry['server'] === server,
      `${server} to be ${standing}`,
    );
  };

  it('a dead first server: failover within one response window, then no login waits for it', async () => {
    const dead = await other();
    scene = await startScene({ upstream: [at(dead), home.server], primary: 'timeout = "500ms"\nprobe = "none"' });
    const before = performance.now();
    expect((await login()).code).to.equal(Code.accessReject);
    const window = performance.now() - before;
    // Two tries of 500 ms, and the answer; the reject leaves no earlier than 1 s after its request in any case.
    expect(window).to.be.within(1_000, 1_900);
    await health('suspect', at(dead));
    expect([dead.unread, (await home.requests()).length]).to.deep.equal([2, 1]);
    await login();
    await login();
    expect(dead.unread, 'requests to the silent one').to.equal(2);
    const { msg, trouble } = await health('suspect', at(dead));
    expect(msg).to.contain('did not answer in 2 tries');
    expect(trouble).to.equal('did not answer in 2 tries');
  });

  it('a slow first server: its late answer is nobody’s, the login gets the second’s, and a NAS that asks again makes no second attempt', async () => {
    const slow = await other();
    scene = await startScene({
      upstream: [at(slow), home.server],
      primary: 'timeout = "400ms"\ntries = 1\nprobe = "none"',
    });
    const before = (await home.requests()).length;
    const request = accessRequest({ identifier: 201, secret: 'between-the-nas-and-radgate', ...wrong });
    await client.send(request, scene.nas);
    const late = await slow.next();
    await client.send(request, scene.nas);
    await client.send(request, scene.nas);
    const answer = parsePacket((await client.next()).bytes);
    expect(answer.code).to.equal(Code.accessReject);
    // An Accept that comes too late: were it believed now, it would be another login's.
    await slow.send(reply(Code.accessAccept, parsePacket(late.bytes), { secret: upstreamSecret }), late.from);
    expect((await login()).code).to.equal(Code.accessReject);
    expect(slow.unread, 'further attempts at the slow one').to.equal(0);
    expect((await home.requests()).length - before).to.equal(2);
  });

  for (const [what, forge] of [
    ['garbage', () => Buffer.from('this is no RADIUS packet at all')],
    [
      'a wrong authenticator',
      (request: RawPacket) => reply(Code.accessAccept, request, { secret: upstreamSecret, forged: true }),
    ],
    ['another secret', (request: RawPacket) => reply(Code.accessAccept, request, { secret: 'another secret' })],
  ] as const)
    it(`a first server that answers with ${what} lets nobody in and is asked after the others`, async () => {
      const liar = await other();
      scene = await startScene({
        upstream: [at(liar), home.server],
        primary: 'timeout = "500ms"\nprobe = "none"',
      });
      const result = login();
      for (let tries = 0; tries < 2; tries++) {
        const { bytes, from } = await liar.next();
        await liar.send(forge(parsePacket(bytes)), from);
      }
      expect((await result).code).to.equal(Code.accessReject);
      await health('suspect', at(liar));
      await login();
      expect(liar.unread).to.equal(0);
    });

  it('a server that comes back is used again within 10 s, with the default settings', async () => {
    const first = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password: 'other' } } });
    const { port, server } = first;
    scene = await startScene({ upstream: [server, home.server], added: ['alice'] });
    const rightThere = { user: 'alice', password: 'other' };
    // A wrong password at the second server, and at the first one right: the user has no token, and so is told words of ours.
    const isFirst = async (): Promise<boolean> => {
      const words = valuesOfType(await login(rightThere), Type.replyMessage);
      return words.length > 0;
    };
    expect(await isFirst()).to.equal(true);
    await first.stop();
    expect(await isFirst()).to.equal(false);
    await health('suspect', server);
    await health('dead', server);
    const again = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password: 'other' } }, port });
    try {
      const back = performance.now();
      await health('alive', server);
      expect(performance.now() - back).to.be.lessThan(10_000);
      expect(await isFirst()).to.equal(true);
    } finally {
      await again.stop();
    }
  });

  it('load-balance asks both servers', async () => {
    const second = await startFreeRadius({ secret: upstreamSecret, users });
    try {
      scene = await startScene({ upstream: [home.server, second.server], primary: 'mode = "load-balance"' });
      const before = (await home.requests()).length;
      for (let i = 0; i < 16; i++) expect((await login()).code).to.equal(Code.accessReject);
      const first = (await home.requests()).length - before;
      const other = (await second.requests()).length;
      expect(first + other).to.equal(16);
      // By chance one of them gets none once in 32,768 runs.
      expect(Math.min(first, other)).to.be.greaterThan(0);
    } finally {
      await second.stop();
    }
  });

  it('a probe by a user keeps a server like NPS, which answers no Status-Server, and its password is in no log', async () => {
    const closed = hostPort('127.0.0.1', await freeUdpPort('127.0.0.1'));
    const nps = await other();
    scene = await startScene({
      upstream: [at(nps), closed],
      primary:
        'timeout = "300ms"\ntries = 1\nprobe = "user"\nprobe_user = "probe"\nprobe_password = "probe-password-7f"',
    });
    await client.send(accessRequest({ identifier: 201, secret: 'between-the-nas-and-radgate', ...wrong }), scene.nas);
    await nps.next();
    await health('suspect', at(nps));
    for (let answers = 0; answers < 3; answers++) {
      const { bytes, from } = await nps.next();
      const probe = parsePacket(bytes);
      expect(valuesOfType(probe, Type.userName).map(String)).to.deep.equal(['probe']);
      await nps.send(reply(Code.accessReject, probe, { secret: upstreamSecret }), from);
    }
    await health('alive', at(nps));
    expect(JSON.stringify(scene.radgate.log)).not.to.contain('probe-password-7f');
  });

  it('a realm chooses the pool, and is cut off where it is to be', async () => {
    const partner = await startFreeRadius({ secret: upstreamSecret, users });
    try {
      const primary = `[[primary]]\nname = "partner"\ntype = "radius"\nserver = "${partner.server}"\nsecret = "${upstreamSecret}"`;
      const realm = '[[realm]]\nsuffix = "partner.example"\nprimary = "partner"\nstrip = true';
      scene = await startScene({
        upstream: [home.server],
        client: 'primary = "home"',
        more: `${primary}\n${realm}`,
        added: ['alice@partner.example'],
      });
      const before = (await home.requests()).length;
      const answer = await login({ user: 'Alice@PARTNER.example', password });
      expect(answer.code).to.equal(Code.accessReject);
      expect(
        (await partner.requests()).map(({ attributes }) => attributes.find(({ name }) => name === 'User-Name')?.value),
      ).to.deep.equal(['Alice']);
      // Two readings: the client's own primary is asked, and whatever it says, the name is refused.
      await login({ user: 'alice@partner.example\\bob', password });
      expect((await partner.requests()).length).to.equal(1);
      expect((await home.requests()).length - before).to.equal(1);
    } finally {
      await partner.stop();
    }
  });
});
