import { expect } from 'chai';
import { attribute, Code, Type, valuesOfType, type RawPacket } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { succeed } from './radgate.ts';
import { startRecipe, type Recipe } from './recipe.ts';
import { askOnce, clientSecret, enrol } from './scene.ts';
import { service, startSlapd, suffix, type Slapd } from './slapd.ts';
import { totp, wrongCode } from './totp.ts';

const password = 'wonder,land';
const people = ['alice', 'bob', 'outsider'];
const ldif = `${people
  .map(
    (uid) => `dn: uid=${uid},ou=people,${suffix}
objectClass: inetOrgPerson
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword: ${password}

`,
  )
  .join('')}dn: cn=vpn,ou=groups,${suffix}
objectClass: groupOfNames
cn: vpn
member: uid=alice,ou=people,${suffix}
member: uid=bob,ou=people,${suffix}

`;

peer('slapd', 'openssl')('recipe: OpenVPN, LDAP and codes with the password', function () {
  this.timeout(30_000);
  let slapd: Slapd;
  let started: Recipe;
  let identifier = 0;
  const oath = new Map<string, string>();
  before(async function () {
    this.timeout(60_000);
    slapd = await startSlapd({ ldif });
    started = await startRecipe({
      page: 'openvpn-ldap-append',
      secrets: { '/etc/radgate/openvpn.secret': clientSecret, '/etc/radgate/ldap.password': service.password },
      replaced: {
        '192.0.2.10': '127.0.0.1',
        'ldaps://ldap.corp.example': `ldaps://localhost:${slapd.ports.tls}`,
        '/etc/radgate/corp-ca.pem': slapd.caFile,
      },
      prepare: async (cli) => {
        for (const user of people) {
          await succeed(cli(['user', 'add', user]));
          oath.set(user, await enrol(cli, user));
        }
      },
    });
  });
  after(async () => {
    await started?.stop();
    await slapd?.stop();
  });

  const say = (user: string, typed: string): Promise<RawPacket> =>
    askOnce(started.at, {
      identifier: identifier++ % 256,
      user,
      password: typed,
      attributes: [attribute(31, '198.51.100.7')],
    });
  const text = (packet: RawPacket): string => valuesOfType(packet, Type.replyMessage).join('');
  const key = (user: string): string => oath.get(user) ?? expect.fail(user);
  const b64 = (typed: string): string => Buffer.from(typed).toString('base64');
  /** Wrong passwords that the directory has seen: RFC 4511 §4.1.9 has 49 for them. */
  const refusedBinds = async (): Promise<number> =>
    (await slapd.lines()).filter((line) => /RESULT .*err=49/.test(line)).length;

  it('a password and a code in one line, once', async () => {
    const code = totp(key('alice'));
    expect((await say('alice', `${password},${code}`)).code).to.equal(Code.accessAccept);
    expect(text(await say('alice', `${password},${code}`))).to.match(/^That code was used already/);
  });

  it("OpenVPN's second field", async () => {
    expect((await say('bob', `SCRV1:${b64(password)}:${b64(totp(key('bob')))}`)).code).to.equal(Code.accessAccept);
    const wrong = await say('bob', `SCRV1:${b64(password)}:${b64(wrongCode(key('bob')))}`);
    expect([wrong.code, text(wrong)]).to.deep.equal([Code.accessReject, 'Wrong code. Please log in again.']);
  });

  it('a password alone is told what to type', async () => {
    const told = await say('alice', password);
    expect([told.code, text(told)]).to.deep.equal([
      Code.accessReject,
      'Log in again with your password and your code together: password,123456',
    ]);
  });

  it('a wrong password costs the directory one attempt, with or without a code', async () => {
    for (const typed of ['wrong', `wrong,${wrongCode(key('alice'))}`]) {
      const before = await refusedBinds();
      const refused = await say('alice', typed);
      expect([refused.code, text(refused)]).to.deep.equal([Code.accessReject, 'Login failed.']);
      expect((await refusedBinds()) - before, typed).to.equal(1);
    }
  });

  it('who is not in the group stays out', async () => {
    const refused = await say('outsider', `${password},${totp(key('outsider'))}`);
    expect([refused.code, text(refused)]).to.deep.equal([
      Code.accessReject,
      'You may not log in here. Please contact your help desk.',
    ]);
  });

  it('radgate explain knows the groups of the directory, and whom it would refuse', async () => {
    const explained = async (user: string): Promise<{ groups: string[]; notes: string[]; reason: string }> => {
      const told = await succeed(started.radgate.cli(['explain', '--user', user, '--client', 'openvpn', '--json']));
      return JSON.parse(told.stdout) as { groups: string[]; notes: string[]; reason: string };
    };
    const alice = await explained('alice');
    expect(alice.groups).to.include('vpn');
    expect(alice).to.deep.include({ notes: [], reason: 'code-missing' });
    expect((await explained('outsider')).notes).to.deep.equal(['directory would refuse: not-in-group.']);
    const [none] = (await explained('nobody')).notes;
    expect(none).to.match(/^The groups of directory are not known, .*: it shows no such user/);
  });
});
