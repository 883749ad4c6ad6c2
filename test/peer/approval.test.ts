import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { valuesOf } from './attributes.ts';
import { PhoneBrowser } from './browser.ts';
import { client, labIn, pagesAt, passwordless } from './config-parts.ts';
import { eapolTest } from './eapol-test.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import {
  accessRequest,
  attribute,
  Code,
  Type,
  valuesOfType,
  vendorAttribute,
  verifySignedReply,
  type RawAttribute,
} from './packet-bytes.ts';
import { pamtester } from './pamtester.ts';
import { peer } from './peer.ts';
import { succeed, type LogEntry } from './radgate.ts';
import { clientSecret, startScene, upstreamSecret, type Scene } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { UdpClient } from './udp-client.ts';

const password = 'wonderland';
/** The NAS of each kind, by the address that it asks from. */
const nas = { gateway: '127.0.0.2', eap: '127.0.0.3', vpn: '127.0.0.4', second: '127.0.0.12' } as const;
const users = ['rdg', 'declines', 'eap', 'owner', 'pam', 'two'];

peer(
  'freeradius',
  'eapol_test',
  'pam_radius',
  'pamtester',
  'chromium',
)('approvals on a page, FreeRADIUS upstream', function () {
  this.timeout(40_000);
  let home: FreeRadius;
  let scene: Scene;
  let browser: PhoneBrowser;
  let messages: string;
  let identifier = 0;

  before(async function () {
    this.timeout(90_000);
    messages = await makeTempDir('messages');
    browser = await PhoneBrowser.start();
    home = await startFreeRadius({
      secret: upstreamSecret,
      users: Object.fromEntries(users.map((name) => [name, { password, reply: [['Class', `class of ${name}`]] }])),
      authorize: passwordless,
      eap: { namesInner: true },
    });
    const page = `127.0.0.1:${await freeTcpPort('127.0.0.1')}`;
    scene = await startScene({
      upstream: [home.server],
      listen: ['127.0.0.1:0'],
      client: 'approval = "first"\ndeadline = "7s"\nprimary = "home"',
      primary: 'outer_identity = "named"',
      more: [
        client('gateway', [nas.gateway, nas.second], 'profile = "rd-gateway"\nmessage_authenticator = "auto"'),
        client('wifi', nas.eap, 'deadline = "20s"'),
        client('vpn', nas.vpn, 'approval = "first"\ndeadline = "20s"\napplication = "the VPN"'),
        pagesAt(page),
        labIn(messages, ['sms', 'email']),
        '[approval]\nalert = ["security@corp.example"]',
      ].join('\n'),
    });
    for (const [i, user] of users.entries())
      await succeed(scene.radgate.cli(['user', 'add', user, '--phone', `+336123456${10 + i}`]));
  });
  after(async () => {
    await browser?.stop();
    await scene?.stop();
    await home?.stop();
    await removeTempDir(messages);
  });

  const request = (
    user: string,
    attributes: readonly RawAttribute[],
    own: { readonly password?: string } = {},
  ): Buffer => accessRequest({ secret: clientSecret, identifier: identifier++ % 256, user, attributes, ...own });
  const device = (address: string): RawAttribute => attribute(31, address);
  /** What RD Gateway's NPS sends for it: no password, and what it knows of the machine. */
  const fromGateway = [
    attribute(6, Buffer.from([0, 0, 0, 5])),
    vendorAttribute(311, 47, Buffer.from([0, 0, 0, 1])),
    vendorAttribute(311, 50, 'LAPTOP-7'),
  ];
  const links = new Set<string>();
  /** The link of the next message that is sent. */
  const nextLink = async (): Promise<string> => {
    const isNew = (): string | undefined =>
      readdirSync(messages)
        .filter((name) => name.endsWith('.json'))
        .map((name) => /http:\/\/\S+\/a\/[\w-]{22}/.exec(readFileSync(join(messages, name), 'utf8'))?.[0])
        .find((link) => link !== undefined && !links.has(link));
    for (let sent = 0; ; sent++) {
      const link = isNew();
      if (link !== undefined) {
        links.add(link);
        return link;
      }
      const before = scene.radgate.log.filter(isSent).length;
      let seen = 0;
      await scene.radgate.waitForLog((entry) => isSent(entry) && ++seen > before, 'a message to be sent');
    }
  };
  const isSent = (entry: LogEntry): boolean => entry['msg'] === 'message sent';
  const verdictOf = (user: string): Promise<LogEntry> => scene.radgate.waitForLogin(user, 'accept', 'reject');
  const asked = async (user: string): Promise<number> => {
    const { stdout } = await succeed(scene.radgate.cli(['deliver', 'list', '--json']));
    return stdout.split('\n').filter((line) => line.includes(`"${user}"`)).length;
  };

  it('RD Gateway: no password, retransmitted while the user presses in a browser; one approval is asked, one Accept comes', async () => {
    const client = await UdpClient.open(nas.gateway);
    const bytes = request('rdg', fromGateway);
    await client.send(bytes, scene.nas);
    const link = await nextLink();
    for (let i = 0; i < 3; i++) await client.send(bytes, scene.nas);
    const page = await browser.open(link);
    expect(await page.locator('dd').allTextContents()).to.include.members(['gateway', 'rdg', 'LAPTOP-7']);
    expect(client.unread).to.equal(0);
    await page.getByRole('button', { name: 'Approve' }).press('Enter');
    await page.getByRole('heading', { name: 'Approved' }).waitFor();
    const { bytes: answered } = await client.next();
    const reply = verifySignedReply(answered, bytes, clientSecret);
    expect(reply.code).to.equal(Code.accessAccept);
    expect(valuesOfType(reply, 25).map(String)).to.deep.equal(['class of rdg']);
    expect(await asked('rdg')).to.equal(1);
    expect(client.unread).to.equal(0);
    // The same again: the same bytes.
    await client.send(bytes, scene.nas);
    expect((await client.next()).bytes.equals(answered)).to.equal(true);
    const [first] = await home.requests();
    expect(first && valuesOf(first.attributes, 'MS-Machine-Name')).to.deep.equal(['LAPTOP-7']);
  });

  it("the gateway's second server joins, with a request of its own; one press answers both", async () => {
    const [one, other] = [await UdpClient.open(nas.gateway), await UdpClient.open(nas.second)];
    const [first, second] = [request('two', fromGateway), request('two', fromGateway)];
    await one.send(first, scene.nas);
    const link = await nextLink();
    await other.send(second, scene.nas);
    await home.requests();
    const page = await browser.open(link);
    await page.getByRole('button', { name: 'Approve' }).click();
    for (const [client, bytes] of [
      [one, first],
      [other, second],
    ] as const)
      expect(verifySignedReply((await client.next()).bytes, bytes, clientSecret).code).to.equal(Code.accessAccept);
    expect(await asked('two')).to.equal(1);
  });

  it('a decline ends the login at once', async () => {
    const client = await UdpClient.open(nas.gateway);
    const bytes = request('declines', fromGateway);
    await client.send(bytes, scene.nas);
    const page = await browser.open(await nextLink(), { scheme: 'dark' });
    await page.getByRole('button', { name: 'Decline' }).click();
    const reply = verifySignedReply((await client.next()).bytes, bytes, clientSecret);
    expect(reply.code).to.equal(Code.accessReject);
    expect(valuesOfType(reply, Type.replyMessage).map(String)).to.deep.equal(['The login was declined.']);
    expect(await verdictOf('declines')).to.include({ reason: 'approval-declined' });
  });

  it('PEAP: the Accept is held until the user approves, and the MPPE keys are right', async () => {
    const { authority, name } = home;
    const login = eapolTest({
      server: { ...scene.nas, secret: clientSecret, authority, name },
      from: nas.eap,
      identity: 'eap',
      password,
      eap: 'PEAP',
      inner: 'MSCHAPV2',
      timeout: 20,
    });
    const page = await browser.open(await nextLink(), { locale: 'fr-FR' });
    await page.getByRole('button', { name: 'Approve' }).click();
    const result = await login;
    expect(result.success, result.output).to.equal(true);
    expect(await verdictOf('eap')).to.include({ verdict: 'accept', reason: 'approved' });
  });

  it('a thief with the right password elsewhere does not come in on the approval of the owner', async () => {
    const [owner, thief] = [await UdpClient.open(nas.vpn), await UdpClient.open(nas.vpn)];
    const own = request('owner', [device('203.0.113.5')], { password });
    const stolen = request('owner', [device('198.51.100.66')], { password });
    await owner.send(own, scene.nas);
    const link = await nextLink();
    await thief.send(stolen, scene.nas);
    const foreign = await nextLink();
    const page = await browser.open(link);
    expect(await page.locator('dd').allTextContents()).to.include('203.0.113.5');
    await page.getByRole('button', { name: 'Approve' }).click();
    expect(verifySignedReply((await owner.next()).bytes, own, clientSecret).code).to.equal(Code.accessAccept);
    expect(thief.unread).to.equal(0);
    // The owner sees where the other one comes from, and says so.
    const other = await browser.open(foreign);
    expect(await other.locator('dd').allTextContents()).to.include('198.51.100.66');
    await other.getByRole('button', { name: 'This was not me' }).click();
    await other.getByText('a mail goes to your administrators').waitFor();
    expect(verifySignedReply((await thief.next()).bytes, stolen, clientSecret).code).to.equal(Code.accessReject);
    const alert = await scene.radgate.waitForLog(
      (entry) => isSent(entry) && entry['method'] === 'email',
      'the mail to the administrators',
    );
    expect(alert['target']).to.match(/@corp\.example$/);
  });

  it('pam_radius: nobody answers in time, so the prompt goes on with a number and the code that the page shows', async () => {
    let link: Promise<string> | undefined;
    const result = await pamtester({
      server: scene.server,
      secret: clientSecret,
      user: 'pam',
      moduleOptions: ['retry=3'],
      answers: [
        () => {
          link = nextLink();
          return password;
        },
        async (prompt) => {
          const number = /pick (\d\d) there/.exec(prompt)?.[1] ?? expect.fail(prompt);
          const page = await browser.open((await link) ?? expect.fail('no link'));
          await page.getByRole('button', { name: number, exact: true }).click();
          return (await page.locator('.code').textContent()) ?? '';
        },
      ],
    });
    expect(result.code, result.prompts.join('|')).to.equal(0);
    expect(result.prompts).to.have.length(2);
    expect(await asked('pam')).to.equal(1);
  });
});
