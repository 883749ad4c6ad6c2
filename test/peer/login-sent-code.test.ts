import { expect } from 'chai';
import { makeCertificate } from './certificate.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { accessRequest, Code, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { MailServer } from './mail-server.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { ask, clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { SmsGateway, taken } from './sms-gateway.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const password = 'wonderland';
const text = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');
const stateOf = (packet: RawPacket): Buffer => valuesOfType(packet, Type.state)[0] ?? expect.fail(text(packet));

peer('freeradius')('login with a texted code, FreeRADIUS upstream', function () {
  this.timeout(20_000);
  let home: FreeRadius;
  let scene: Scene;
  let client: UdpClient;
  const gateways: SmsGateway[] = [];
  before(async function () {
    this.timeout(60_000);
    const users = Object.fromEntries(['alice', 'bob', 'carol', 'dave'].map((name) => [name, { password }]));
    home = await startFreeRadius({ secret: upstreamSecret, users });
    gateways.push(await SmsGateway.start(), await SmsGateway.start());
    const provider = (name: string, { url }: SmsGateway): string => `
[[provider]]
name = "${name}"
type = "http"
channel = ["sms"]
url = "${url}/send"
json = '{"to": "{to}", "text": "{text}"}'
timeout = "1s"
`;
    scene = await startScene({
      upstream: [home.server],
      enrolled: ['carol'],
      added: ['alice', 'bob', 'dave'],
      more: `[deliver]
per_user = ["4/5m"]
${gateways.map((gateway, i) => provider(`gateway-${i}`, gateway)).join('')}`,
    });
    for (const [i, user] of ['alice', 'bob', 'carol', 'dave'].entries())
      await succeed(scene.radgate.cli(['user', 'set', user, '--phone', `+3361234560${i}`]));
    client = await UdpClient.open();
  });
  after(async () => {
    await client.close();
    await scene.stop();
    await home.stop();
    await Promise.all(gateways.map((gateway) => gateway.stop()));
  });
  beforeEach(() => {
    for (const gateway of gateways) gateway.behaviour = taken;
  });

  let identifier = 0;
  const say = (user: string, typed: string, answers?: RawPacket): Promise<RawPacket> => {
    identifier = (identifier + 1) % 256;
    const attributes = answers ? [{ type: Type.state, value: stateOf(answers) }] : [];
    return ask(client, scene, { identifier, user, password: typed, attributes });
  };
  /** The code in the next text that a gateway is asked to send. */
  const nextCode = async (gateway: SmsGateway, after: number): Promise<string> => {
    await gateway.calls.waitFor(() => gateway.calls.entries.length > after, 'a text');
    const { body } = gateway.calls.entries[after] ?? expect.fail('no text');
    return /\b(\d{6})\b/.exec((JSON.parse(body) as { text: string }).text)?.[1] ?? expect.fail(body);
  };
  const [first, second] = [
    (): SmsGateway => gateways[0] ?? expect.fail('none'),
    (): SmsGateway => gateways[1] ?? expect.fail('none'),
  ];

  it('the code comes with the right password, and lets in once', async () => {
    const before = first().calls.entries.length;
    expect((await say('alice', 'wrong')).code).to.equal(Code.accessReject);
    const challenge = await say('alice', password);
    expect([challenge.code, text(challenge)]).to.deep.equal([
      Code.accessChallenge,
      'Code sent to +33 ** ** ** 00 (or type resend): ',
    ]);
    const code = await nextCode(first(), before);
    expect((await say('alice', code, challenge)).code).to.equal(Code.accessAccept);
    expect(first().calls.entries.length - before, 'a wrong password costs no text').to.equal(1);
    const again = await say('alice', password);
    const used = await say('alice', code, again);
    expect(used.code).to.equal(Code.accessChallenge);
    expect(text(used)).to.match(/^That code was used already\./);
  });

  it('a retransmit storm sends one text', async () => {
    const before = first().calls.entries.length;
    const request = accessRequest({ secret: clientSecret, identifier: 251, user: 'bob', password });
    const device = await UdpClient.open();
    for (let i = 0; i < 50; i++) await device.send(request, scene.nas);
    expect(await nextCode(first(), before)).to.match(/^\d{6}$/);
    // Another text behind them would be sent by now.
    const other = await say('dave', password);
    await nextCode(first(), before + 1);
    expect(other.code).to.equal(Code.accessChallenge);
    expect(first().calls.entries.filter(({ body }) => body.includes('+33612345601'))).to.have.length(1);
    await device.close();
  });

  it('the first provider down: the second sends, and the user notices nothing', async () => {
    first().behaviour = { kind: 'answer', status: 500, body: 'sorry' };
    const before = second().calls.entries.length;
    const challenge = await say('dave', password);
    const code = await nextCode(second(), before);
    expect((await say('dave', code, challenge)).code).to.equal(Code.accessAccept);
  });

  it('who has an app is asked for its code, chooses a text, asks for another, and goes back to the app', async () => {
    const before = first().calls.entries.length;
    const app = await say('carol', password);
    expect(text(app)).to.equal('Enter your code (or type sms): ');
    const texted = await say('carol', 'SMS', app);
    expect(text(texted)).to.equal('Code sent to +33 ** ** ** 02 (or type app, resend): ');
    const old = await nextCode(first(), before);
    const resent = await say('carol', 'resend', texted);
    const code = await nextCode(first(), before + 1);
    const killed = await say('carol', old, resent);
    expect(text(killed), 'the old one is dead').to.match(/^Wrong code\./);
    const back = await say('carol', 'app', killed);
    expect(text(back)).to.equal('Enter your code (or type sms): ');
    expect((await say('carol', code, back)).code, 'whichever code is right').to.equal(Code.accessAccept);
    const other = await say('carol', password);
    expect((await say('carol', totp(scene.oath('carol')), other)).code).to.equal(Code.accessAccept);
  });

  it('a limit is told in plain words', async () => {
    let packet = await say('dave', password);
    for (let i = 0; i < 4 && packet.code === Code.accessChallenge; i++) packet = await say('dave', 'resend', packet);
    expect(packet.code).to.equal(Code.accessReject);
    expect(text(packet)).to.match(/^Too many codes were sent to you\. The next one can be sent in \d min\.$/);
    const line = await scene.radgate.waitForLog(({ reason }) => reason === 'send-refused-last', 'why');
    expect(line['msg']).to.contain('the limit of this user is reached');
  });
});

peer(
  'freeradius',
  'pam_radius',
  'pamtester',
)('login with a texted code, through PAM', function () {
  this.timeout(40_000);
  let home: FreeRadius;
  let scene: Scene;
  let gateway: SmsGateway;
  before(async function () {
    this.timeout(60_000);
    home = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password } } });
    gateway = await SmsGateway.start();
    scene = await startScene({
      upstream: [home.server],
      added: ['alice'],
      more: `[[provider]]\nname = "gateway"\ntype = "http"\nchannel = ["sms"]\nurl = "${gateway.url}"\njson = '{"text": "{text}"}'\n`,
    });
    await succeed(scene.radgate.cli(['user', 'set', 'alice', '--phone', '+33612345600', '--language', 'fr']));
  });
  after(async () => {
    await scene.stop();
    await home.stop();
    await gateway.stop();
  });

  it('the prompt says where the code went, and takes it', async () => {
    const code = async (): Promise<string> => {
      await gateway.calls.waitFor(() => gateway.calls.entries.length > 1, 'the second text');
      return /(\d{6}) est/.exec(gateway.calls.entries[1]?.body ?? '')?.[1] ?? '';
    };
    const { code: exit, prompts } = await pamtester({
      server: scene.server,
      secret: clientSecret,
      user: 'alice',
      answers: [password, 'renvoyer', code],
    });
    expect(prompts.slice(0, 2)).to.deep.equal(['Password: ', 'Code envoyé au +33 ** ** ** 00 (ou tapez renvoyer): ']);
    expect(exit).to.equal(0);
  });
});

peer('freeradius', 'openssl')('login with a mailed code, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let dir: string;
  let mail: MailServer;
  let home: FreeRadius;
  let scene: Scene;
  before(async function () {
    this.timeout(60_000);
    dir = await makeTempDir('smtp');
    const certificate = await makeCertificate(dir, 'localhost');
    mail = await MailServer.start(certificate);
    home = await startFreeRadius({ secret: upstreamSecret, users: { alice: { password } } });
    scene = await startScene({
      upstream: [home.server],
      added: ['alice'],
      more: `[[provider]]
name = "mail"
type = "smtp"
server = "localhost:${mail.port}"
ca_file = "${certificate.certificate}"
from = "Login <login@corp.example>"
`,
    });
    await succeed(scene.radgate.cli(['user', 'set', 'alice', '--email', 'alice@corp.example']));
  });
  after(async () => {
    await scene.stop();
    await home.stop();
    await mail.stop();
    await removeTempDir(dir);
  });

  it('says where it went, and lets in', async () => {
    const client = await UdpClient.open();
    const challenge = await ask(client, scene, { identifier: 1, user: 'alice', password });
    expect(text(challenge)).to.match(/^Code sent to a\S*@\S+ \(or type resend\): $/);
    const sent = await mail.mails.waitFor(() => true, 'the mail');
    const code = /^ {4}(\d{6})\r?$/m.exec(sent)?.[1] ?? expect.fail(sent);
    const state = stateOf(challenge);
    const accepted = await ask(client, scene, { identifier: 2, user: 'alice', password: code, state });
    expect(accepted.code).to.equal(Code.accessAccept);
    await client.close();
  });
});
