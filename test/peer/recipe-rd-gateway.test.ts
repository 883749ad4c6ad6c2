import { expect } from 'chai';
import { startApprovalRecipe, type ApprovalRecipe } from './approval-recipe.ts';
import { valuesOf, type AttributePair } from './attributes.ts';
import { startFreeRadiusNps, type FreeRadiusNps } from './freeradius-nps.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { succeed } from './radgate.ts';
import { clientSecret, upstreamSecret } from './scene.ts';

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
  let started: ApprovalRecipe;
  before(async function () {
    this.timeout(90_000);
    policies = await startFreeRadiusNps({
      secret: upstreamSecret,
      forwards: { condition: '&User-Name == "nobody"', to: { address: '127.0.0.1', port: 9 }, secret: upstreamSecret },
      grants,
    });
    started = await startApprovalRecipe({
      page: 'rd-gateway',
      secrets: { '/etc/radgate/rd-gateway.secret': clientSecret, '/etc/radgate/nps.secret': upstreamSecret },
      replaced: { '192.0.2.20': '127.0.0.1', '192.0.2.5:1812': `127.0.0.1:${policies.port}` },
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
        to: started.at,
        secret: clientSecret,
      },
      grants,
    });
  });
  after(async () => {
    await ofGateway?.stop();
    await started?.stop();
    await policies?.stop();
  });

  /** As the gateway asks its NPS: no password. */
  const connect = async (user: string): Promise<RadclientReply> => {
    return radclientReply({
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
  };

  it('NPS waits with radgate for the press, and the gateway gets what the policies grant', async () => {
    const login = connect('approves');
    await started.links.press(await started.links.next('approves@'), 'approve');
    const { code, attributes } = await login;
    expect(code).to.equal('Access-Accept');
    expect(valuesOf(attributes, 'Class')).to.deep.equal(['0x00ff6e7073000102']);
    expect(valuesOf(attributes, 'MS-TSG-Device-Redirection')).to.deep.equal(['536870912']);
  });

  it('a decline ends it', async () => {
    const login = connect('declines');
    await started.links.press(await started.links.next('declines@'), 'decline');
    expect((await login).code).to.equal('Access-Reject');
  });

  it('who cannot be asked, or is not known, is refused; a bypass lets in once', async () => {
    expect((await connect('phoneless')).code).to.equal('Access-Reject');
    expect((await connect('stranger')).code).to.equal('Access-Reject');
    await succeed(started.radgate.cli(['user', 'bypass', 'phoneless', '--reason', 'left the phone at home']));
    expect((await connect('phoneless')).code).to.equal('Access-Accept');
    expect((await connect('phoneless')).code).to.equal('Access-Reject');
  });
});
