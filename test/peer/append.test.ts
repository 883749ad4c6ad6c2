import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { PhoneBrowser } from './browser.ts';
import { client, labIn, pagesAt } from './config-parts.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { accessRequest, Code, Type, valuesOfType, verifySignedReply, type RawPacket } from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { radclient } from './radclient.ts';
import { succeed, type LogEntry } from './radgate.ts';
import { askOnce, clientSecret, prompt, promptAgain, startScene, upstreamSecret, type Scene } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp, wrongCode } from './totp.ts';
import { UdpClient } from './udp-client.ts';

/** It has the delimiter in it, and its end looks like a code. */
const password = 'won,der, 123456';
/** The client of each kind, by the address that it asks from; the first can't be challenged. */
const nas = { unaskable: '127.0.0.1', askable: '127.0.0.2', first: '127.0.0.3', six: '127.0.0.4' } as const;
const help = 'Log in again with your password and your code together: password,123456';
const enrolled = ['alice', 'bob', 'carol', 'dave', 'eve', 'frank', 'openvpn', 'pam', 'guessed', 'again'];

const text = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');
const b64 = (typed: string): string => Buffer.from(typed).toString('base64');

peer(
  'freeradius',
  'radclient',
  'pam_radius',
  'pamtester',
)('append mode, FreeRADIUS upstream', function () {
  this.timeout(30_000);
  let home: FreeRadius;
  let scene: Scene;
  let messages: string;
  let identifier = 0;

  before(async function () {
    this.timeout(90_000);
    messages = await makeTempDir('messages');
    const users = [...enrolled, 'texted'];
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(users.map((name) => [name, { password, reply: [['Class', `class of ${name}`]] }])),
    });
    scene = await startScene({
      upstream: [home.server],
      enrolled,
      added: ['texted'],
      client: 'append = "code-last"\nchallenge = false\nprimary = "home"\nmessage_authenticator = "off"',
      more: [
        client('askable', nas.askable, 'append = "code-last"'),
        client('first', nas.first, 'append = "code-first"\nappend_delimiter = ";"\nchallenge = false'),
        client('six', nas.six, 'append = "code-last"\nappend_length = 6\nchallenge = false'),
        labIn(messages, ['sms']),
        '[lockout]\nfailures = 5',
      ].join('\n'),
    });
    await succeed(scene.radgate.cli(['user', 'set', 'texted', '--phone', '+33612345600']));
  });
  after(async () => {
    await scene?.stop();
    await home?.stop();
    await removeTempDir(messages);
  });

  const say = (user: string, typed: string, from: string = nas.unaskable): Promise<RawPacket> =>
    askOnce(scene.nas, { identifier: identifier++ % 256, user, password: typed }, from);
  const code = (user: string): string => totp(scene.oath(user));
  /** How often the directory was asked for a user. */
  const asked = async (user: string): Promise<number> =>
    (await home.requests()).filter(({ attributes }) => attributes.some(({ value }) => value === user)).length;

  it('radclient: the code behind the password lets in, with what the upstream grants; it does once', async () => {
    const right = code('alice');
    const { reply } = await radclient({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', 'alice'],
        ['User-Password', `${password},${right}`],
      ],
    });
    expect(reply?.code).to.equal('Access-Accept');
    expect(reply?.attributes.map(({ name }) => name)).to.include('Class');
    const used = await say('alice', `${password},${right}`);
    expect([used.code, text(used)]).to.deep.equal([
      Code.accessReject,
      'That code was used already. Wait for the next one and log in again.',
    ]);
    expect(await asked('alice')).to.equal(2);
  });

  it('pamtester: one prompt, and in', async () => {
    const { code: exit, prompts } = await pamtester({
      server: scene.server,
      secret: clientSecret,
      user: 'pam',
      answers: [`${password},${code('pam')}`],
    });
    expect([exit, prompts]).to.deep.equal([0, ['Password: ']]);
  });

  it('a wrong password beside a right code costs the directory one attempt, and the code none', async () => {
    const right = code('bob');
    const before = await asked('bob');
    const refused = await say('bob', `wrong,${right}`);
    expect([refused.code, (await asked('bob')) - before]).to.deep.equal([Code.accessReject, 1]);
    expect((await say('bob', `${password},${right}`)).code).to.equal(Code.accessAccept);
  });

  it('a password alone is told how to log in, whether or not its end looks like a code', async () => {
    // Who always types a code is parted at the last delimiter: what is left of this password is wrong.
    expect((await say('carol', password)).code).to.equal(Code.accessReject);
    await scene.radgate.waitForLogin('carol', 'upstream-rejected');
    const alone = await say('carol', `${password},app`);
    expect([alone.code, text(alone)]).to.deep.equal([Code.accessReject, help]);
  });

  it('a wrong code is told in plain words where no prompt can follow, and asked for again where one can', async () => {
    const wrong = `${password},${wrongCode(scene.oath('dave'))}`;
    const last = await say('dave', wrong);
    expect([last.code, text(last)]).to.deep.equal([Code.accessReject, 'Wrong code. Please log in again.']);
    const again = await say('dave', `${password},${wrongCode(scene.oath('dave'), 1)}`, nas.askable);
    expect([again.code, text(again)]).to.deep.equal([Code.accessChallenge, promptAgain]);
    const prompted = await say('dave', `${password},app`, nas.askable);
    expect([prompted.code, text(prompted)]).to.deep.equal([Code.accessChallenge, prompt]);
    expect((await say('dave', `${password},${code('dave')}`)).code).to.equal(Code.accessAccept);
  });

  it('guesses are counted over all logins, and lock', async () => {
    const oath = scene.oath('guessed');
    for (let i = 0; i < 4; i++)
      expect((await say('guessed', `${password},${wrongCode(oath, i)}`)).code).to.equal(Code.accessReject);
    const locked = await say('guessed', `${password},${wrongCode(oath, 5)}`);
    expect(text(locked)).to.match(/^Your second factor is locked/);
    expect(text(await say('guessed', `${password},${totp(oath)}`)), 'the right one too').to.equal(text(locked));
  });

  it('copies of one request are one attempt and get one reply', async () => {
    const client = await UdpClient.open(nas.unaskable);
    const before = await asked('again');
    const typed = `${password},${code('again')}`;
    const request = accessRequest({ secret: clientSecret, identifier: identifier++, user: 'again', password: typed });
    for (let i = 0; i < 20; i++) await client.send(request, scene.nas);
    const replies = [await client.exchange(request, scene.nas), await client.exchange(request, scene.nas)];
    for (const reply of replies)
      expect(verifySignedReply(reply, request, clientSecret).code).to.equal(Code.accessAccept);
    expect((await asked('again')) - before).to.equal(1);
    await client.close();
  });

  it('the code first, by another delimiter', async () => {
    expect((await say('eve', `${code('eve')};${password}`, nas.first)).code).to.equal(Code.accessAccept);
    const alone = await say('eve', password, nas.first);
    expect(text(alone)).to.equal('Log in again with your password and your code together: 123456;password');
  });

  it('the last six digits, without a delimiter', async () => {
    expect((await say('frank', `${password}${code('frank')}`, nas.six)).code).to.equal(Code.accessAccept);
    const none = await say('frank', `${password}x`, nas.six);
    expect(none.code, 'no digits at its end: a password, and a wrong one').to.equal(Code.accessReject);
    await scene.radgate.waitForLogin('frank', 'upstream-rejected');
  });

  it("radclient: OpenVPN's SCRV1, with a password that has everything in it", async () => {
    const { reply } = await radclient({
      server: scene.server,
      secret: clientSecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', 'openvpn'],
        ['User-Password', `SCRV1:${b64(password)}:${b64(code('openvpn'))}`],
      ],
    });
    expect(reply?.code).to.equal('Access-Accept');
    const none = await say('openvpn', `SCRV1:${b64(password)}:`);
    expect([none.code, text(none)]).to.deep.equal([Code.accessReject, help]);
  });

  /** The code in the message behind so many. */
  const sent = async (before: number): Promise<string> => {
    await scene.radgate.waitForLog((entry) => isSent(entry) && files().length > before, 'a text');
    const file = files().find((name) => !seen.has(name)) ?? expect.fail('no text');
    seen.add(file);
    return /\b(\d{6})\b/.exec(readFileSync(join(messages, file), 'utf8'))?.[1] ?? expect.fail('no code');
  };
  const isSent = (entry: LogEntry): boolean => entry['msg'] === 'message sent';
  const files = (): string[] => readdirSync(messages).filter((name) => name.endsWith('.json'));
  const seen = new Set<string>();

  it('a texted code is typed in the next login, at the same client, once', async () => {
    const told = await say('texted', `${password},sms`);
    expect([told.code, text(told)]).to.deep.equal([
      Code.accessReject,
      'A code is on its way to +33 ** ** ** 00. Log in again with your password and the code together: password,123456',
    ]);
    const code = await sent(0);
    const elsewhere = await say('texted', `${code};${password}`, nas.first);
    expect(text(elsewhere), 'at another client').to.equal('Wrong code. Please log in again.');
    expect((await say('texted', `wrong,${code}`)).code, 'with a wrong password').to.equal(Code.accessReject);
    expect((await say('texted', `${password},${code}`)).code).to.equal(Code.accessAccept);
    expect((await say('texted', `${password},${code}`)).code).to.equal(Code.accessReject);
  });

  it('copies of a request for a code send one', async () => {
    const client = await UdpClient.open(nas.unaskable);
    const before = files().length;
    const own = { secret: clientSecret, identifier: identifier++ % 256, user: 'texted', password: `${password},sms` };
    const request = accessRequest(own);
    for (let i = 0; i < 20; i++) await client.send(request, scene.nas);
    expect(verifySignedReply(await client.exchange(request, scene.nas), request, clientSecret).code).to.equal(
      Code.accessReject,
    );
    const code = await sent(before);
    expect((await say('texted', `${password},${code}`)).code).to.equal(Code.accessAccept);
    expect(files().length - before).to.equal(1);
    await client.close();
  });

  it('a word for a way that the user does not have', async () => {
    const told = await say('alice', `${password},sms`);
    expect([told.code, text(told)]).to.deep.equal([Code.accessReject, 'That is not one of your ways to log in.']);
  });
});

peer('freeradius', 'chromium')('append mode with approvals, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let home: FreeRadius;
  let scene: Scene;
  let browser: PhoneBrowser;
  let messages: string;
  before(async function () {
    this.timeout(90_000);
    messages = await makeTempDir('messages');
    browser = await PhoneBrowser.start();
    home = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password }, bob: { password } } });
    const page = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['alice', 'bob'],
      client: 'append = "code-last"\nchallenge = false\ndeadline = "20s"',
      more: pagesAt(page) + labIn(messages, ['sms']),
    });
    for (const user of ['alice', 'bob'])
      await succeed(scene.radgate.cli(['user', 'set', user, '--phone', '+33612345600']));
  });
  after(async () => {
    await browser?.stop();
    await scene?.stop();
    await home?.stop();
    await removeTempDir(messages);
  });
  const link = async (): Promise<string> => {
    await scene.radgate.waitForLog((entry) => entry['msg'] === 'message sent', 'the notice');
    const [file = ''] = readdirSync(messages).filter((name) => name.endsWith('.json'));
    return /http:\/\/\S+\/a\/[\w-]{22}/.exec(readFileSync(join(messages, file), 'utf8'))?.[0] ?? expect.fail(file);
  };

  it('a code typed beats the push, and asks nobody', async () => {
    const client = await UdpClient.open();
    const typed = `${password},${totp(scene.oath('bob'))}`;
    const request = accessRequest({ secret: clientSecret, identifier: 2, user: 'bob', password: typed });
    expect(verifySignedReply(await client.exchange(request, scene.nas), request, clientSecret).code).to.equal(
      Code.accessAccept,
    );
    const { stdout } = await succeed(scene.radgate.cli(['deliver', 'list', '--json']));
    expect(stdout).not.to.contain('"bob"');
    await client.close();
  });

  it('a push beside the password is approved while the device waits', async () => {
    const client = await UdpClient.open();
    const request = accessRequest({ secret: clientSecret, identifier: 1, user: 'alice', password: `${password},push` });
    const answer = client.exchange(request, scene.nas, 20_000);
    const page = await browser.open(await link());
    await page.getByRole('button', { name: 'Approve' }).press('Enter');
    expect(verifySignedReply(await answer, request, clientSecret).code).to.equal(Code.accessAccept);
    await client.close();
  });
});
