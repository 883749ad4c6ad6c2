import { expect } from 'chai';
import { valuesOf, type AttributePair } from './attributes.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { succeed } from './radgate.ts';
import { startRecipe, type Recipe } from './recipe.ts';
import { adAddress, adPassword, startSamba, type Samba } from './samba.ts';
import { clientSecret, enrol } from './scene.ts';
import { totp, wrongCode } from './totp.ts';

const users = ['radgate', 'alice', 'newcomer', 'bob', 'outsider'].map((name) => ({ name }));
const groups = [
  { name: 'Domain team', members: ['alice', 'newcomer'] },
  // Nested: those of the team are administrators.
  { name: 'VPN administrators', members: ['Domain team'] },
  { name: 'VPN users', members: ['bob', 'VPN administrators'] },
];

peer(
  'samba',
  'openssl',
  'radclient',
)('recipe: FortiGate, Active Directory, app codes for a group', function () {
  this.timeout(30_000);
  let samba: Samba;
  let started: Recipe;
  let oath = '';
  before(async function () {
    this.timeout(90_000);
    samba = await startSamba(users, groups);
    started = await startRecipe({
      page: 'fortigate-ad-app',
      secrets: { '/etc/radgate/fortigate.secret': clientSecret, '/etc/radgate/ad.password': adPassword },
      replaced: {
        '192.0.2.10': '127.0.0.1',
        'ldaps://dc1.corp.example': `ldaps://${adAddress}`,
        '/etc/radgate/corp-ca.pem': samba.caFile,
      },
      prepare: async (cli) => {
        await succeed(cli(['user', 'add', 'alice']));
        oath = await enrol(cli, 'alice');
      },
    });
  });
  after(async () => {
    await started?.stop();
    await samba?.stop();
  });

  const say = async (user: string, typed: string, state?: string): Promise<RadclientReply> => {
    const attributes: AttributePair[] = [
      ['Message-Authenticator', '0x00'],
      ['User-Name', user],
      ['User-Password', typed],
      ['NAS-Identifier', 'FGT60F'],
      ['Calling-Station-Id', '198.51.100.7'],
      ['Connect-Info', 'vpn-ssl'],
      ['Fortinet-Vdom-Name', 'root'],
      ...(state === undefined ? [] : ([['State', state]] as const)),
    ];
    return radclientReply({
      server: started.server,
      secret: clientSecret,
      attributes,
    });
  };
  const told = ({ code, attributes }: RadclientReply): unknown => ({
    code,
    group: valuesOf(attributes, 'Fortinet-Group-Name'),
    text: valuesOf(attributes, 'Reply-Message').join(''),
  });

  it('an administrator, by nested groups, is asked for a code of the app, whatever the spelling of the name', async () => {
    for (const name of ['alice', 'ALICE', 'alice@corp.example', 'CORP\\alice']) {
      const asked = await say(name, adPassword);
      expect([asked.code, valuesOf(asked.attributes, 'Fortinet-Group-Name')], name).to.deep.equal([
        'Access-Challenge',
        [],
      ]);
    }
    const asked = await say('alice', adPassword);
    const again = await say('alice', wrongCode(oath), asked.state);
    expect(again.code).to.equal('Access-Challenge');
    expect(told(await say('alice', totp(oath), again.state))).to.deep.equal({
      code: 'Access-Accept',
      group: ['VPN-Admins'],
      text: '',
    });
  });

  it('an administrator without an app is told so, and stays out', async () => {
    expect(told(await say('newcomer', adPassword))).to.deep.equal({
      code: 'Access-Reject',
      group: [],
      text: 'Administrators need an authenticator app. Please contact the help desk.',
    });
  });

  it('the rest of the group comes in on the password, into its own group of the FortiGate', async () => {
    const accept = { code: 'Access-Accept', group: ['VPN-Staff'], text: '' };
    expect(told(await say('bob', adPassword))).to.deep.equal(accept);
    expect((await say('bob', 'wrong')).code).to.equal('Access-Reject');
  });

  it('who is in no group of the VPN stays out with the right password', async () => {
    expect((await say('outsider', adPassword)).code).to.equal('Access-Reject');
  });

  it('check warns that a rule lets in without a factor', async () => {
    const { stdout, stderr } = await succeed(started.radgate.cli(['check']));
    expect(stdout + stderr).to.match(/"staff"/);
  });
});
