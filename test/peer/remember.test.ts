import { expect } from 'chai';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { attribute, Code, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { succeed } from './radgate.ts';
import { ask, clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const password = 'wonderland';
const users = ['alice', 'bob', 'carol', 'dave', 'eve'];

peer('freeradius', 'radclient')('remembered devices, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  let client: UdpClient;
  let identifier = 0;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(users.map((name) => [name, { password, reply: [['Class', `class of ${name}`]] }])),
    });
    scene = await startScene({ upstream: [home.server], enrolled: users, client: 'remember = "30m"' });
    client = await UdpClient.open();
  });
  after(async () => {
    await client?.close();
    await scene?.stop();
    await home?.stop();
  });
  const say = (user: string, typed: string, device: string | null, answers?: RawPacket): Promise<RawPacket> => {
    const state = answers ? valuesOfType(answers, Type.state).map((value) => ({ type: Type.state, value })) : [];
    const attributes = [...state, ...(device === null ? [] : [attribute(31, device)])];
    identifier = (identifier + 1) % 256;
    return ask(client, scene, { identifier, user, password: typed, attributes });
  };
  /** With a code, from one device or two. */
  const login = async (user: string, device: string | null, from = device): Promise<void> => {
    const challenge = await say(user, password, device);
    expect(challenge.code).to.equal(Code.accessChallenge);
    expect((await say(user, totp(scene.oath(user)), from, challenge)).code).to.equal(Code.accessAccept);
  };

  it('radclient: no second prompt on the same device, with what the upstream grants', async () => {
    await login('alice', 'laptop');
    const { reply } = await radclient({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', 'ALICE'.toLowerCase()],
        ['User-Password', password],
        ['Calling-Station-Id', 'laptop'],
      ],
    });
    expect(reply?.code).to.equal('Access-Accept');
    expect(reply?.attributes.map(({ name }) => name)).to.include('Class');
    await scene.radgate.waitForLogin('alice', 'remembered');
    expect((await say('alice', 'wrong', 'laptop')).code, 'a wrong password').to.equal(Code.accessReject);
    expect((await say('alice', password, 'phone')).code, 'another device').to.equal(Code.accessChallenge);
    expect((await say('alice', password, null)).code, 'none').to.equal(Code.accessChallenge);
    expect((await say('bob', password, 'laptop')).code, 'another user').to.equal(Code.accessChallenge);
  });

  it('nothing is remembered without a device, nor if the answer came from another', async () => {
    await login('carol', null);
    expect((await say('carol', password, null)).code).to.equal(Code.accessChallenge);
    await login('dave', 'laptop', 'phone');
    for (const device of ['laptop', 'phone'])
      expect((await say('dave', password, device)).code).to.equal(Code.accessChallenge);
  });

  it('nothing is remembered after a bypass; a login is after a crash, and an unlock forgets it', async () => {
    await succeed(scene.radgate.cli(['user', 'bypass', 'eve', '--reason', 'test']));
    expect((await say('eve', password, 'laptop')).code).to.equal(Code.accessAccept);
    expect((await say('eve', password, 'laptop')).code).to.equal(Code.accessChallenge);
    await login('eve', 'laptop');
    await scene.radgate.kill();
    scene = await scene.restarted();
    expect((await say('eve', password, 'laptop')).code).to.equal(Code.accessAccept);
    await succeed(scene.radgate.cli(['user', 'unlock', 'eve']));
    expect((await say('eve', password, 'laptop')).code).to.equal(Code.accessChallenge);
  });
});
