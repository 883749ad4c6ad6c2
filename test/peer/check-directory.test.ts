import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { expect } from 'chai';
import { Workplace } from '../unit/cli/command.ts';
import { freeTcpPort } from './free-port.ts';
import { peer } from './peer.ts';
import { adAddress, adPassword, adSuffix, startSamba, type Samba } from './samba.ts';
import { service, startSlapd, suffix, type Slapd } from './slapd.ts';

const password = 'wonderland';
const ldif = `dn: uid=alice,ou=people,${suffix}
objectClass: inetOrgPerson
uid: alice
cn: alice
sn: alice
mail: alice@corp.example
mobile: +33 6 12 34 56 78
userPassword: ${password}

dn: uid=alice,ou=service,${suffix}
objectClass: inetOrgPerson
uid: alice
cn: another alice
sn: alice

dn: uid=bob,ou=people,${suffix}
objectClass: inetOrgPerson
uid: bob
cn: bob
sn: bob
mail: bob@corp.example
mobile: +33 6 12 34 56 78

dn: cn=vpn,ou=groups,${suffix}
objectClass: groupOfNames
cn: vpn
member: uid=bob,ou=people,${suffix}

`;

/** A config with one directory. @param lines what is special of it */
function config(lines: readonly string[]): string {
  return `[store]
url = "sqlite:radgate.db"
[[client]]
name = "vpn"
address = "192.0.2.10"
secret = "0123456789abcdef"
[[primary]]
name = "directory"
type = "ldap"
${lines.join('\n')}
`;
}

interface Shown {
  readonly ok: boolean;
  readonly connections?: {
    readonly primaries: readonly {
      readonly servers: readonly { readonly address: string; readonly ok: boolean; readonly message: string }[];
      readonly user?: Readonly<Record<string, unknown>>;
    }[];
  };
}

describe('radgate check --connect with a directory', function () {
  this.timeout(20_000);
  let work: Workplace;
  beforeEach(() => (work = new Workplace()));
  afterEach(() => work.remove());

  /** What is found of the directory, and the exit code. */
  const check = async (lines: readonly string[], ...args: readonly string[]) => {
    work.write('radius.conf', config(lines));
    const { code, stdout, stderr } = await work.radgate(['check', '--connect', '--json', ...args]);
    expect(stderr).to.equal('');
    const [directory] = (JSON.parse(stdout) as Shown).connections?.primaries ?? [];
    if (!directory) throw new Error(stdout);
    return { code, servers: directory.servers, user: directory.user };
  };

  peer('slapd', 'openssl')('OpenLDAP', () => {
    let slapd: Slapd;
    before(async () => (slapd = await startSlapd({ ldif })));
    after(() => slapd.stop());

    const at = (port = slapd.ports.tls): string => `server = "ldaps://localhost:${port}"`;
    const rest = (base = suffix): string[] => [
      'directory = "openldap"',
      `ca_file = "${slapd.caFile}"`,
      `base_dn = "${base}"`,
    ];
    const bound = (secret: string = service.password): string[] => [
      `bind_dn = "${service.name}"`,
      `bind_password = "${secret}"`,
    ];

    it('tells of groups that rules name and nobody has, by name and by DN', async () => {
      const rule = `[[policy]]
name = "one"
decision = "require"
group = ["VPN", "cn=vpn,ou=groups,${suffix}", "cn=gone,ou=groups,${suffix}", "Gone", "Kept"]
reply_by_group = "Missing -> Class=x"`;
      work.write('radius.conf', `${config([at(), ...rest(), ...bound()])}${rule}`);
      await work.does(['user', 'add', 'dora', '--group', 'kept']);
      const { code, stdout } = await work.radgate(['check', '--connect', '--json']);
      expect(code, stdout).to.equal(0);
      const { connections } = JSON.parse(stdout) as { connections: { unknown_groups: unknown } };
      expect(connections.unknown_groups).to.deep.equal([
        { rule: 'one', group: `cn=gone,ou=groups,${suffix}` },
        { rule: 'one', group: 'Gone' },
        { rule: 'one', group: 'Missing' },
      ]);
      const told = await work.radgate(['check', '--connect']);
      expect(told.stdout.replaceAll(/\s+/g, ' ')).to.contain(
        'warning: [[policy]] "one" names the group "Gone": nobody in the store is in it, and no directory has it',
      );
      // Where the directory cannot say, nothing is told.
      work.write('radius.conf', `${config([at(), ...rest()])}${rule}`);
      const silent = await work.radgate(['check', '--connect', '--json']);
      expect(JSON.parse(silent.stdout)).to.have.nested.property('connections.unknown_groups').that.deep.equals([]);
    });

    it('says what is wrong with each server, and one that is right is enough', async () => {
      const closed = await freeTcpPort('127.0.0.1');
      const urls = [
        `ldaps://localhost:${closed}`,
        `ldaps://127.0.0.1:${slapd.ports.tls}`,
        `ldaps://localhost:${slapd.ports.tls}`,
        `ldap://localhost:${slapd.ports.plain}`,
      ];
      const found = await check([`server = ${JSON.stringify(urls)}`, ...rest(), ...bound()]);
      expect(found.code).to.equal(0);
      expect(found.servers.map(({ address, ok }) => [address, ok])).to.deep.equal(urls.map((url, i) => [url, i >= 2]));
      const [refusing, named, ...right] = found.servers.map(({ message }) => message);
      expect(refusing).to.contain('connection refused');
      expect(named).to.contain('its certificate is for another name');
      for (const message of right) expect(message).to.match(/^answers as cn=radgate,.*, and shows base_dn \(\d+ ms\)$/);
    });

    for (const [what, lines, message] of [
      [
        'a port without TLS',
        () => [at(slapd.ports.plain), ...rest(), ...bound()],
        'it closes the connection where TLS should begin',
      ],
      [
        'another password of the service account',
        () => [at(), ...rest(), ...bound('wrong')],
        'refuses bind_dn or bind_password',
      ],
      [
        'a base that is not there',
        () => [at(), ...rest('dc=elsewhere,dc=example'), ...bound()],
        'does not show dc=elsewhere,dc=example: is base_dn right',
      ],
      [
        'an authority that did not issue its certificate',
        () => [at(), 'directory = "openldap"', `base_dn = "${suffix}"`, ...bound()],
        'its certificate is not from an authority that is trusted here',
      ],
    ] as const)
      it(`${what}: says so, with 69, and does not ask for the user`, async () => {
        const found = await check(lines(), '--user', 'alice');
        expect(found.code).to.equal(69);
        expect(found.servers).to.have.length(1);
        expect(found.servers[0]?.ok).to.equal(false);
        expect(found.servers[0]?.message).to.contain(message);
        expect(found.user).to.equal(undefined);
      });

    it('a server that says nothing is given up in its time', async () => {
      const mute = createServer();
      mute.listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const { port } = mute.address() as AddressInfo;
      const found = await check([at(port), ...rest(), ...bound(), 'timeout = "300ms"']);
      mute.close();
      expect(found.code).to.equal(69);
      expect(found.servers[0]?.message).to.equal('did not finish the TLS handshake in time');
    });

    it('shows entry, names, groups, phone and mail of a user, and why he would be refused', async () => {
      const lines = [at(), ...rest(), ...bound(), 'require_group = "others"'];
      const found = await check(lines, '--user', 'BOB');
      expect(found.code).to.equal(0);
      const dn = `uid=bob,ou=people,${suffix}`;
      expect(found.user).to.deep.include({ kind: 'known', dn, refusals: [{ reason: 'not-in-group' }] });
      expect(found.user?.['person']).to.deep.include({
        names: ['bob'],
        phone: '+33 6 12 34 56 78',
        email: 'bob@corp.example',
      });
      const { stdout } = await work.radgate(['check', '--connect', '--user', 'bob']);
      expect(stdout)
        .to.match(/^groups +vpn$/m)
        .and.match(/^phone +\+33 6 12 34 56 78$/m)
        .and.match(/^e-mail +bob@corp\.example$/m)
        .and.match(/^may log in +no: not-in-group$/m);
    });

    it('shows the entry that a login would bind as, where two have the name', async () => {
      const found = await check([at(), ...rest(), ...bound()], '--user', 'alice');
      expect(found.user?.['why']).to.match(/^more than one entry has this name: /);
      const template = `dn_template = "uid={user},ou=people,${suffix}"`;
      const byDn = [at(), ...rest(), ...bound(), 'bind = "dn"', template];
      expect((await check(byDn, '--user', 'alice')).user?.['dn']).to.equal(`uid=alice,ou=people,${suffix}`);
      const { user } = await check(byDn, '--user', 'nobody');
      expect(user?.['kind']).to.equal('none');
      expect(user?.['why']).to.match(/^uid=nobody,ou=people,.* is not shown to the account that reads it$/);
    });

    it('says so of one whom it does not show, with 0: the servers are there', async () => {
      const found = await check([at(), ...rest(), ...bound()], '--user', 'nobody');
      expect([found.code, found.user]).to.deep.equal([0, { kind: 'none', why: 'no entry has this name' }]);
    });

    it('without a service account: that it is there, though it shows base_dn to nobody', async () => {
      const lines = [at(), ...rest(), 'bind = "dn"', `dn_template = "uid={user},ou=people,${suffix}"`];
      const found = await check(lines, '--user', 'alice');
      expect([found.code, found.servers[0]?.ok]).to.deep.equal([0, true]);
      expect(found.servers[0]?.message).to.match(/^answers \(\d+ ms\); there is no bind_dn/);
      expect(found.user?.['kind']).to.equal('none');
      expect(found.user?.['why']).to.match(/\(asked as nobody, for there is no bind_dn\)$/);
      const other = await check(lines.with(0, at(await freeTcpPort('127.0.0.1'))));
      expect(other.code).to.equal(69);
    });
  });

  peer('samba', 'openssl')('Active Directory (Samba)', () => {
    let samba: Samba;
    before(async function () {
      this.timeout(60_000);
      samba = await startSamba([{ name: 'radgate' }, { name: 'alice' }, { name: 'off', disabled: true }], []);
    });
    after(() => samba.stop());

    const lines = (): string[] => [
      'directory = "ad"',
      `server = "ldaps://${adAddress}"`,
      `ca_file = "${samba.caFile}"`,
      `base_dn = "${adSuffix}"`,
      'timeout = "5s"',
    ];

    it('with a service account: that base_dn is shown, and whom a login would be refused', async () => {
      const bound = [`bind_dn = "CN=radgate,CN=Users,${adSuffix}"`, `bind_password = "${adPassword}"`];
      const found = await check([...lines(), ...bound], '--user', 'CORP\\off');
      expect([found.code, found.servers[0]?.ok]).to.deep.equal([0, true]);
      expect(found.user?.['dn']).to.equal(`CN=off,CN=Users,${adSuffix}`);
      expect(found.user?.['refusals']).to.have.nested.property('[0].reason', 'account-disabled');
    });

    it('without one, users bound as they type it: that it is there', async () => {
      const found = await check([...lines(), 'bind = "name"', 'upn_suffix = "corp.example"'], '--user', 'alice');
      expect([found.code, found.servers[0]?.ok]).to.deep.equal([0, true]);
      expect(found.user?.['why']).to.match(/\(asked as nobody, for there is no bind_dn\)$/);
    });
  });
});
