import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { valuesOf } from './attributes.ts';
import { peer } from './peer.ts';
import { radclientReply, type RadclientReply } from './radclient.ts';
import { startRadgate, succeed, type Radgate } from './radgate.ts';
import { adAddress, adPassword, adSuffix, startSamba, type Samba } from './samba.ts';
import { clientSecret, enrol } from './scene.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import { totp, wrongCode } from './totp.ts';

const users = [
  { name: 'radgate' },
  { name: 'alice', more: 'department: Küche' },
  { name: 'bob', more: 'department: Sales' },
  { name: 'carol' },
];
const groups = [
  { name: 'team', members: ['alice'] },
  { name: 'administrators of all', members: ['team'] },
  { name: 'VPN users', members: ['bob', 'administrators of all'] },
];

/** DNs as people write them. */
const rules = `[[policy]]
name = "second step"
client = "vpn"
user = "step"
decision = "code-only"
reply = "Filter-Id=step"
[[policy]]
name = "users"
group = "cn=vpn users, CN = Users, ${adSuffix}"
decision = "require"
reply = ["Filter-Id=staff", "Class=dept-{attribute:department}"]
reply_by_group = ["CN=Administrators of all, CN=Users, ${adSuffix} -> Filter-Id=admins", "Others -> Filter-Id=others"]
unenrolled = "allow"
[[policy]]
name = "others"
decision = "deny"
text = "You are in no group."
`;

peer(
  'samba',
  'openssl',
  'radclient',
)('rules, groups and attributes of Active Directory, against Samba', function () {
  this.timeout(30_000);
  let samba: Samba;
  let radgate: Radgate;
  let files: string;
  const oath: Record<string, string> = {};
  before(async function () {
    this.timeout(90_000);
    samba = await startSamba(users, groups);
    files = await makeTempDir('rules');
    await writeFile(join(files, 'ad'), `${adPassword}\n`, { mode: 0o600 });
    radgate = await startRadgate({
      config: (dir) => `[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[[client]]
name = "vpn"
address = "127.0.0.1"
secret = "${clientSecret}"
[[primary]]
name = "ad"
type = "ldap"
directory = "ad"
server = "ldaps://${adAddress}"
ca_file = "${samba.caFile}"
base_dn = "${adSuffix}"
bind_dn = "CN=radgate,CN=Users,${adSuffix}"
bind_password_file = "${join(files, 'ad')}"
${rules}`,
      prepare: async (cli) => {
        for (const name of ['alice', 'step']) {
          await succeed(cli(['user', 'add', name]));
          oath[name] = await enrol(cli, name);
        }
      },
    });
  });
  after(async () => {
    await radgate?.stop();
    await samba?.stop();
    await removeTempDir(files);
  });

  const say = async (user: string, typed: string, state?: string): Promise<RadclientReply> => {
    const [{ address, port }] = radgate.listening as [{ address: string; port: number }];
    return radclientReply({
      server: `${address}:${port}`,
      secret: clientSecret,
      attributes: [
        ['Message-Authenticator', '0x00'],
        ['User-Name', user],
        ['User-Password', typed],
        ...(state === undefined ? [] : ([['State', state]] as const)),
      ],
    });
  };
  const told = ({ code, attributes }: RadclientReply): unknown => [
    code,
    ...['Filter-Id', 'Class', 'Reply-Message'].map((name) => valuesOf(attributes, name).join()),
  ];
  const hex = (text: string): string => `0x${Buffer.from(text).toString('hex')}`;

  it('by groups within groups: a code, and what the inner group gets, with the department octet for octet', async () => {
    const asked = await say('CORP\\alice', adPassword);
    expect(asked.code).to.equal('Access-Challenge');
    const [state] = valuesOf(asked.attributes, 'State');
    const accept = await say('CORP\\alice', totp(oath['alice'] ?? ''), state);
    expect(told(accept)).to.deep.equal(['Access-Accept', 'admins', hex('dept-Küche'), '']);
  });

  it('a member of the outer group gets what is for all, and comes in without a factor by the rule', async () => {
    expect(told(await say('bob', adPassword))).to.deep.equal(['Access-Accept', 'staff', hex('dept-Sales'), '']);
  });

  it('who is in no group is refused with the text of the next rule', async () => {
    expect(told(await say('carol', adPassword))).to.deep.equal(['Access-Reject', '', '', 'You are in no group.']);
  });

  it('a code alone lets in once, though the directory knows nobody by that name', async () => {
    const code = totp(oath['step'] ?? '');
    expect(told(await say('step', wrongCode(oath['step'] ?? '')))).to.deep.equal([
      'Access-Reject',
      '',
      '',
      'Login failed.',
    ]);
    expect(told(await say('step', code))).to.deep.equal(['Access-Accept', 'step', '', '']);
    expect(told(await say('step', code))).to.deep.equal(['Access-Reject', '', '', 'Login failed.']);
    // Of another user it is a wrong password.
    expect(told(await say('alice', totp(oath['alice'] ?? '')))).to.deep.equal([
      'Access-Reject',
      '',
      '',
      'Login failed.',
    ]);
  });
});
