import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApprovalLinks } from './approval-links.ts';
import { valuesOf, type AttributePair } from './attributes.ts';
import { makeCertificate } from './certificate.ts';
import { startFreeRadius, type FreeRadius } from './freeradius.ts';
import { freeTcpPort } from './free-port.ts';
import { MailServer } from './mail-server.ts';
import { peer } from './peer.ts';
import { radclient, type RadclientReply } from './radclient.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { recipe } from './recipe.ts';
import { clientSecret, enrol, upstreamSecret } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp } from './totp.ts';

const password = 'wonderland';
const people = ['approves', 'declines', 'reports', 'codes'];
const signed = ['Message-Authenticator', '0x00'] as const;

peer(
  'freeradius',
  'radclient',
  'openssl',
)('recipe: ASA, NPS, approval with a code as fallback', function () {
  this.timeout(40_000);
  let nps: FreeRadius;
  let mail: MailServer;
  let links: ApprovalLinks;
  let radgate: Radgate;
  let files: string;
  let oath = '';
  before(async function () {
    this.timeout(90_000);
    files = await makeTempDir('recipe');
    const tls = await makeCertificate(files, 'localhost');
    mail = await MailServer.start(tls);
    links = new ApprovalLinks(mail, tls.certificate);
    await writeFile(join(files, 'client'), `${clientSecret}\n`, { mode: 0o600 });
    await writeFile(join(files, 'nps'), `${upstreamSecret}\n`, { mode: 0o600 });
    nps = await startFreeRadius({
      secret: upstreamSecret,
      requireMessageAuthenticator: true,
      rejectReply: [signed],
      users: Object.fromEntries(
        people.map((name) => [name, { password, reply: [signed, ['Class', 'ou=STAFF'], ['Filter-Id', 'staff']] }]),
      ),
    });
    const port = await freeTcpPort('127.0.0.1');
    radgate = await startRadgate({
      config: (dir) =>
        recipe('asa-nps-push', {
          '0.0.0.0:1812': '127.0.0.1:0',
          '/var/lib/radgate/radgate.db': `${dir}/radgate.db`,
          '0.0.0.0:8443': `127.0.0.1:${port}`,
          'https://mfa.corp.example:8443': `https://localhost:${port}`,
          '/etc/radgate/web.pem': tls.certificate,
          '/etc/radgate/web.key': tls.key,
          'server = "mail.corp.example:587"': `server = "localhost:${mail.port}"\nca_file = "${tls.certificate}"`,
          '192.0.2.10': '127.0.0.1',
          '/etc/radgate/asa.secret': join(files, 'client'),
          'deadline = "60s"': 'deadline = "7s"',
          '192.0.2.5:1812': nps.server,
          '/etc/radgate/nps.secret': join(files, 'nps'),
        }),
      prepare: async (cli) => {
        for (const name of people) await succeed(cli(['user', 'add', name, '--email', `${name}@corp.example`]));
        oath = await enrol(cli, 'codes');
      },
    });
  });
  after(async () => {
    await radgate?.stop();
    await nps?.stop();
    await mail?.stop();
    await removeTempDir(files);
  });

  /** As the ASA asks: again and again while it waits. */
  const say = async (user: string, typed: string, state?: string): Promise<RadclientReply> => {
    const [{ address, port }] = radgate.listening as [{ address: string; port: number }];
    const attributes: AttributePair[] = [
      signed,
      ['User-Name', user],
      ['User-Password', typed],
      ['Calling-Station-Id', '198.51.100.7'],
      ['NAS-Port-Type', 'Virtual'],
      ['Cisco-AVPair', 'mdm-tlv=device-platform=win'],
      ...(state === undefined ? [] : ([['State', state]] as const)),
    ];
    const { reply, output } = await radclient({
      server: `${address}:${port}`,
      secret: clientSecret,
      attributes,
      tries: 6,
      timeout: 2,
    });
    return reply ?? expect.fail(output);
  };
  const text = ({ attributes }: RadclientReply): string => valuesOf(attributes, 'Reply-Message').join('');

  it('the login waits for the press, and then has what NPS grants', async () => {
    const login = say('approves', password);
    expect(await links.press(await links.next('approves@'), 'approve')).to.contain('Approved');
    const { code, attributes } = await login;
    expect(code).to.equal('Access-Accept');
    expect([valuesOf(attributes, 'Class'), valuesOf(attributes, 'Filter-Id')]).to.deep.equal([
      [`0x${Buffer.from('ou=STAFF').toString('hex')}`],
      ['staff'],
    ]);
    expect(
      (await nps.requests()).filter(({ attributes: sent }) => valuesOf(sent, 'User-Name')[0] === 'approves'),
    ).to.have.length(1);
  });

  it('a decline, and a login that is reported, are refused at once; the alert goes out', async () => {
    for (const [user, decision] of [
      ['declines', 'decline'],
      ['reports', 'fraud'],
    ] as const) {
      const login = say(user, password);
      await links.press(await links.next(`${user}@`), decision);
      const refused = await login;
      expect([refused.code, text(refused)], user).to.deep.equal(['Access-Reject', 'The login was declined.']);
    }
    await mail.mails.waitFor((one) => one.includes('security@corp.example'), 'the alert');
  });

  it('nobody presses: a prompt follows, and a code of the app lets in', async () => {
    const asked = await say('codes', password);
    expect([asked.code, text(asked)]).to.satisfy(
      ([code, prompt]: readonly [string, string]) => code === 'Access-Challenge' && /pick \d\d there/.test(prompt),
    );
    expect((await say('codes', totp(oath), asked.state)).code).to.equal('Access-Accept');
  });

  it('a wrong password reaches nobody', async () => {
    const before = mail.mails.entries.length;
    expect((await say('approves', 'wrong')).code).to.equal('Access-Reject');
    expect(mail.mails.entries.length).to.equal(before);
  });
});
