import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { fromBase32 } from '../../src/base32.ts';
import { spellingsOfSecret } from '../support/spellings-of-secret.ts';
import { startFollower, type Follower } from './follower.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { hostPort } from './free-port.ts';
import { accessRequest, attribute, Type } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { radclient, radclientReply, type RadclientReply } from './radclient.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const password = 'canary-password-7f1c93';
const wrongPassword = 'canary-wrong-pw-55ab1e';
const tunnelPassword = 'canary-tunnel-0d94';
const preShared = 'canary-psk-1188fe';
const textedCode = '739154';
const upstreamState = `canary-state-${randomBytes(6).toString('hex')}`;
const eapCanary = 'canary-eap-identity-31d0';

peer('freeradius', 'radclient')('radgate trace, between radclient and FreeRADIUS', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  const followers: Follower[] = [];
  const states: Buffer[] = [];
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: {
        alice: {
          password,
          reply: [
            ['Reply-Message', `Your code: ${textedCode}`],
            ['Tunnel-Password:1', tunnelPassword],
            ['Cisco-AVPair', `shell:psk=${preShared}`],
            ['Filter-Id', 'staff'],
          ],
        },
        bob: { password },
      },
      authorize: `if (&User-Name == "carol") {
        update reply { &State := "${upstreamState}"\n &Reply-Message := "Grid 4 2 9 1:" }
        update control { &Response-Packet-Type := Access-Challenge }
        handled
      }`,
    });
    scene = await startScene({ upstream: [home.server], enrolled: ['alice'], added: ['bob'] });
  });
  after(async () => {
    await scene.stop();
    await home.stop();
  });
  afterEach(async () => {
    await Promise.all(followers.splice(0).map((follower) => follower.stop()));
  });

  const follow = async (...args: string[]): Promise<Follower> => {
    const follower = await startFollower(scene.radgate.dir, args);
    followers.push(follower);
    return follower;
  };
  const login = async (user: string, typed: string, state?: string): Promise<RadclientReply> => {
    const reply = await radclientReply({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['User-Name', user],
        ['User-Password', typed],
        ['Calling-Station-Id', '192.0.2.77'],
        ...(state === undefined ? [] : ([['State', state]] as const)),
        ['Message-Authenticator', '0x00'],
      ],
    });
    if (reply.state !== undefined) states.push(Buffer.from(reply.state.slice(2), 'hex'));
    return reply;
  };

  it('shows a login from the password to the code: four packets, and one more for the answer, under one id', async () => {
    const json = await follow('--json');
    const people = await follow('-v');
    const brief = await follow();
    const { state } = await login('alice', password);
    expect((await login('alice', totp(scene.oath('alice')), state)).code).to.equal('Access-Accept');
    for (const one of [json, people, brief]) await one.waitFor('accepted');

    const events = json.events.filter((event) => 'login' in event);
    expect(events.map(({ event }) => event)).to.deep.equal([
      'request',
      'upstream-request',
      'upstream-reply',
      'primary',
      'verdict',
      'request',
      'verdict',
    ]);
    expect(new Set(events.map(({ login }) => login)).size).to.equal(1);
    expect(events[0]?.login).to.match(/^[0-9a-f]{16}$/);
    expect(
      events.flatMap((event) => (event.event === 'verdict' ? [[event.verdict, event.reason, event.packet?.code]] : [])),
    ).to.deep.equal([
      ['challenge', 'code-asked', 'Access-Challenge'],
      ['accept', 'accepted', 'Access-Accept'],
    ]);
    expect(brief.lines).to.have.length(7);
    expect(
      [...brief.lines, ...people.lines].filter((line) => !line.startsWith('  ') && line.length > 80),
    ).to.deep.equal([]);
    const shown = people.lines.map((line) => line.trim());
    expect(shown).to.include.members([
      'User-Name = alice',
      'User-Password = ******',
      'Calling-Station-Id = 192.0.2.77',
      'Message-Authenticator = ******',
      'Proxy-State = ******',
      'Reply-Message = Your code: ******',
      'Filter-Id = staff',
      'State = ******',
      'Reply-Message = Code:',
    ]);
  });

  it('shows only what is wanted: one user by any spelling, one client', async () => {
    const alice = await follow('--json', '--user', 'ALICE@corp.example');
    const nas = await follow('--json', '--client', 'nas');
    await login('bob', password);
    await login('alice', wrongPassword);
    await login('bob', password);
    for (const one of [alice, nas]) await one.waitFor('upstream-rejected');
    expect(new Set(alice.events.map((event) => ('user' in event ? event.user : event.event)))).to.deep.equal(
      new Set(['alice']),
    );
    await nas.waitFor('"user":"bob"');
    const { code, stderr } = await scene.radgate.cli(['trace', '--client', 'vpm']);
    expect([code, stderr.includes('there is no [[client]] "vpm", only nas')]).to.deep.equal([64, true]);
  });

  it('tells of a wrong shared secret, a copy, and an upstream that is silent', async () => {
    const follower = await follow('--json');
    const client = await UdpClient.open('127.0.0.1');
    const request = accessRequest({ identifier: 7, secret: 'another-secret-canary', user: 'bob', password });
    await client.send(request, scene.nas);
    const good = accessRequest({ identifier: 8, secret: clientSecret, user: 'bob', password });
    await client.exchange(good, scene.nas);
    await client.exchange(good, scene.nas);
    await follower.waitFor('"repeated"');
    await client.close();
    const dropped = follower.events.find(({ event }) => event === 'dropped');
    expect(dropped).to.include({ client: 'nas', address: '127.0.0.1', reason: 'message-authenticator-wrong' });
  });

  it('goes on over a reload, ends with Ctrl-C as done, and with the service as unavailable', async () => {
    const follower = await follow('--json');
    expect((await scene.radgate.cli(['reload'])).code).to.equal(0);
    await login('bob', password);
    await follower.waitFor('"user":"bob"');
    expect(await follower.stop()).to.equal(0);
  });

  it('names and texts forge no line', async () => {
    const follower = await follow('-v');
    const json = await follow('--json');
    const client = await UdpClient.open('127.0.0.1');
    const evil = 'eve\r\n12:00:00.000 0123456789abcdef Access-Accept\x1b[2J\u202e';
    const attributes = [attribute(Type.replyMessage, `a\nb\x1b[31m`)];
    const request = accessRequest({
      identifier: 9,
      secret: clientSecret,
      user: evil,
      password: wrongPassword,
      attributes,
    });
    await client.exchange(request, scene.nas);
    await client.close();
    await follower.waitFor('upstream-rejected');
    await json.waitFor('upstream-rejected');
    for (const line of [...follower.lines, ...json.lines]) {
      expect(line).to.not.match(/[\p{Cc}\p{Cf}]/u);
      expect(line).to.not.match(/^12:00:00\.000/);
    }
  });

  it('shows no secret that goes over any path, in no spelling', async () => {
    const all = [await follow('--json'), await follow('-v'), await follow()];
    const oath = scene.oath('alice');
    const first = await login('alice', password);
    const bad = wrongCode(oath, 3);
    const second = await login('alice', bad, first.state);
    // The step after that of the first test.
    const right = totp(oath, { steps: 1 });
    expect((await login('alice', right, second.state)).code).to.equal('Access-Accept');
    await login('alice', wrongPassword);
    expect((await login('carol', wrongPassword)).code).to.equal('Access-Challenge');
    const ask = async (...credential: readonly (readonly [string, string])[]): Promise<void> => {
      const signed = [['User-Name', 'bob'], ...credential, ['Message-Authenticator', '0x00']] as const;
      await radclient({ server: scene.server, secret: clientSecret, attributes: signed });
    };
    await ask(['CHAP-Password', password]);
    await ask(['MS-CHAP-Password', password]);
    const identity = Buffer.from(eapCanary);
    const eap = Buffer.concat([Buffer.of(2, 1, 0, 5 + identity.length, 1), identity]);
    await ask(['EAP-Message', `0x${eap.toString('hex')}`]);
    await Promise.all(all.map((one) => one.waitFor('Access-Challenge')));
    await login('bob', password);
    for (const one of all) await one.waitFor('not-enrolled');

    const printed = all.flatMap(({ lines }) => lines);
    expect(printed.length).to.be.greaterThan(80);
    expect(states.length).to.be.greaterThan(2);
    const secrets = [
      password,
      wrongPassword,
      tunnelPassword,
      preShared,
      textedCode,
      clientSecret,
      upstreamSecret,
      upstreamState,
      eapCanary,
      oath,
      fromBase32(oath) ?? oath,
      ...states,
    ];
    for (const secret of secrets)
      for (const spelling of spellingsOfSecret(secret))
        expect(
          printed.filter((line) => line.includes(spelling)),
          `as ${spelling.length} characters`,
        ).to.deep.equal([]);
    for (const code of [bad, right])
      expect(printed.filter((line) => new RegExp(`\\b${code}\\b`).test(line))).to.deep.equal([]);
    expect(printed.some((line) => line.includes('Grid ******'))).to.equal(true);
  });
});

describe('radgate trace without a service', function () {
  this.timeout(60_000);

  it('says so, with 69; and one that stops under it too', async () => {
    const scene = await startScene({ upstream: [hostPort('127.0.0.1', 9)] });
    const follower = await startFollower(scene.radgate.dir);
    await scene.radgate.kill();
    const { code, said } = await follower.end();
    expect([code, said]).to.satisfy(([exit, text]: [number, string]) => exit === 69 && /stopped|no service/.test(text));
    const { code: none, stderr } = await scene.radgate.cli(['trace']);
    expect([none, stderr.includes('no service answers at')]).to.deep.equal([69, true]);
    await (await scene.restarted()).stop();
  });
});
