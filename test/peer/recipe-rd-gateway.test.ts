import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { ApprovalLinks } from './approval-links.ts';
import { valuesOf, type AttributePair } from './attributes.ts';
import { makeCertificate } from './certificate.ts';
import { startFreeRadiusNps, type FreeRadiusNps } from './freeradius-nps.ts';
import { freeTcpPort } from './free-port.ts';
import { MailServer } from './mail-server.ts';
import { peer } from './peer.ts';
import { radclient, type RadclientReply } from './radclient.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { recipe } from './recipe.ts';
import { clientSecret, upstreamSecret } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';

const gatewaySecret = 'between the gateway and its NPS';
const people = ['approves', 'declines', 'phoneless'];
const grants: readonly AttributePair[] = [
  ['Class', '0x00ff6e7073000102'],
  ['MS-TSG-Device-Redirection', '536870912'],
];

peer(
  'freeradius',
  'radclient',
  'openssl',
)('recipe: RD Gateway, FreeRADIUS as NPS on both sides', function () {
  this.timeout(40_000);
  let policies: FreeRadiusNps;
  let ofGateway: FreeRadiusNps;
  let mail: MailServer;
  let links: ApprovalLinks;
  let radgate: Radgate;
  let files: string;
  before(async function () {
    this.timeout(90_000);
    files = await makeTempDir('recipe');
    const tls = await makeCertificate(files, 'localhost');
    mail = await MailServer.start(tls);
    links = new ApprovalLinks(mail, tls.certificate);
    await writeFile(join(files, 'client'), `${clientSecret}\n`, { mode: 0o600 });
    await writeFile(join(files, 'nps'), `${upstreamSecret}\n`, { mode: 0o600 });
    policies = await startFreeRadiusNps({
      secret: upstreamSecret,
      forwards: { condition: '&User-Name == "nobody"', to: { address: '127.0.0.1', port: 9 }, secret: upstreamSecret },
      grants,
    });
    const port = await freeTcpPort('127.0.0.1');
    radgate = await startRadgate({
      config: (dir) =>
        recipe('rd-gateway', {
          '0.0.0.0:1812': '127.0.0.1:0',
          '/var/lib/radgate/radgate.db': `${dir}/radgate.db`,
          '0.0.0.0:8443': `127.0.0.1:${port}`,
          'https://mfa.corp.example:8443': `https://localhost:${port}`,
          '/etc/radgate/web.pem': tls.certificate,
          '/etc/radgate/web.key': tls.key,
          'server = "mail.corp.example:587"': `server = "localhost:${mail.port}"\nca_file = "${tls.certificate}"`,
          '192.0.2.20': '127.0.0.1',
          '/etc/radgate/rd-gateway.secret': join(files, 'client'),
          '192.0.2.5:1812': `127.0.0.1:${policies.port}`,
          '/etc/radgate/nps.secret': join(files, 'nps'),
        }),
      prepare: async (cli) => {
        for (const name of people)
          await succeed(
            cli(['user', 'add', name, ...(name === 'phoneless' ? [] : ['--email', `${name}@corp.example`])]),
          );
      },
    });
    ofGateway = await startFreeRadiusNps({
      secret: gatewaySecret,
      forwards: {
        condition: '&User-Name',
        to: radgate.listening[0] ?? expect.fail('it listens nowhere'),
        secret: clientSecret,
      },
      grants,
    });
  });
  after(async () => {
    await ofGateway?.stop();
    await radgate?.stop();
    await policies?.stop();
    await mail?.stop();
    await removeTempDir(files);
  });

  /** As the gateway asks its NPS: no password. */
  const connect = async (user: string): Promise<RadclientReply> => {
    const { reply, output } = await radclient({
      server: `127.0.0.1:${ofGateway.port}`,
      secret: gatewaySecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', `CORP\\${user}`],
        ['NAS-Port-Type', 'Virtual'],
        ['Called-Station-Id', 'UserAuthType:PW'],
        ['MS-Network-Access-Server-Type', '1'],
        ['MS-Machine-Name', 'PC-7.corp.example'],
      ],
      tries: 3,
      timeout: 5,
    });
    return reply ?? expect.fail(output);
  };

  it('NPS waits with radgate for the press, and the gateway gets what the policies grant', async () => {
    const login = connect('approves');
    await links.press(await links.next('approves@'), 'approve');
    const { code, attributes } = await login;
    expect(code).to.equal('Access-Accept');
    expect(valuesOf(attributes, 'Class')).to.deep.equal(['0x00ff6e7073000102']);
    expect(valuesOf(attributes, 'MS-TSG-Device-Redirection')).to.deep.equal(['536870912']);
  });

  it('a decline ends it', async () => {
    const login = connect('declines');
    await links.press(await links.next('declines@'), 'decline');
    expect((await login).code).to.equal('Access-Reject');
  });

  it('who cannot be asked, or is not known, is refused; a bypass lets in once', async () => {
    expect((await connect('phoneless')).code).to.equal('Access-Reject');
    expect((await connect('stranger')).code).to.equal('Access-Reject');
    await succeed(radgate.cli(['user', 'bypass', 'phoneless', '--reason', 'left the phone at home']));
    expect((await connect('phoneless')).code).to.equal('Access-Accept');
    expect((await connect('phoneless')).code).to.equal('Access-Reject');
  });
});
