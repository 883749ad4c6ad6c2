import { expect } from 'chai';
import { client } from './config-parts.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { Code, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { succeed } from './radgate.ts';
import { askOnce, clientSecret, prompt, startScene, upstreamSecret, type Scene } from './scene.ts';

const password = 'wonderland';
const text = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');

peer(
  'freeradius',
  'radclient',
  'pam_radius',
  'pamtester',
)('application passwords, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  let identifier = 0;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password }, bob: { password } } });
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['alice', 'bob'],
      client: 'application_passwords = true\nappend = "code-last"\nmessage_authenticator = "off"',
      more: client('other', '127.0.0.2'),
    });
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
  });
  const add = async (user: string, name: string): Promise<string> =>
    (await succeed(scene.radgate.cli(['user', 'app-password', 'add', user, name]))).stdout.trim();
  const say = (user: string, typed: string, from = '127.0.0.1'): Promise<RawPacket> =>
    askOnce(scene.nas, { identifier: identifier++ % 256, user, password: typed }, from);

  it('radclient and pamtester: lets in again and again, and the upstream is never asked', async () => {
    const own = await add('alice', 'scanner');
    for (let i = 0; i < 2; i++) {
      const { reply } = await radclient({
        server: scene.server,
        secret: clientSecret,
        attributes: [
          ['User-Name', 'alice'],
          ['User-Password', own],
        ],
      });
      expect(reply?.code).to.equal('Access-Accept');
    }
    const { code, prompts } = await pamtester({
      server: scene.server,
      secret: clientSecret,
      user: 'ALICE',
      answers: [own],
    });
    expect([code, prompts]).to.deep.equal([0, ['Password: ']]);
    expect(await home.requests()).to.deep.equal([]);
    const line = await scene.radgate.waitForLogin('ALICE', 'app-password-right');
    expect(line['msg']).to.match(/: "scanner"$/);
    expect(JSON.stringify(scene.radgate.log)).not.to.contain(own);
  });

  it('with something beside it, and in the form of OpenVPN, the upstream is not asked either', async () => {
    const own = await add('alice', 'tunnel');
    const before = (await home.requests()).length;
    const base64 = (text: string): string => Buffer.from(text).toString('base64');
    const forms = (one: string): string[] => [
      `${one},123456`,
      `SCRV1:${base64(one)}:`,
      `SCRV1:${base64(one)}:${base64('1234')}`,
    ];
    for (const typed of forms(own)) expect((await say('alice', typed)).code, typed).to.equal(Code.accessAccept);
    await succeed(scene.radgate.cli(['user', 'app-password', 'revoke', 'alice', 'tunnel']));
    for (const typed of forms(own)) expect((await say('alice', typed)).code, typed).to.equal(Code.accessReject);
    expect((await home.requests()).length).to.equal(before);
  });

  it('is refused elsewhere, for another user and once it is revoked, like any wrong password', async () => {
    const own = await add('bob', 'mail');
    const wrong = await say('bob', 'wrong', '127.0.0.2');
    const elsewhere = await say('bob', own, '127.0.0.2');
    expect([elsewhere.code, text(elsewhere)]).to.deep.equal([Code.accessReject, text(wrong)]);
    const before = (await home.requests()).length;
    for (const user of ['alice', 'nobody at all']) {
      const refused = await say(user, own);
      expect([refused.code, text(refused)]).to.deep.equal([Code.accessReject, 'Login failed.']);
    }
    expect((await say('bob', own)).code).to.equal(Code.accessAccept);
    await succeed(scene.radgate.cli(['user', 'app-password', 'revoke', 'bob', 'mail']));
    expect((await say('bob', own)).code).to.equal(Code.accessReject);
    expect((await home.requests()).length, 'the upstream counts none of them').to.equal(before);
  });

  it('other passwords go the usual way there', async () => {
    const challenge = await say('alice', password);
    expect([challenge.code, text(challenge)]).to.deep.equal([Code.accessChallenge, prompt]);
  });
});
