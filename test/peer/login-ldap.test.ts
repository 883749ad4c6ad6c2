import { readFileSync } from 'node:fs';
import { connect, createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { directories } from '../../src/config/directories.ts';
import { LdapPrimary } from '../../src/primary/ldap/ldap.ts';
import type { LdapOptions, ServerHealth } from '../../src/primary/ldap/ldap-options.ts';
import type { PrimaryResult } from '../../src/primary/primary.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { primaryRequest } from '../support/primary-requests.ts';
import { accessRequest, Code, Type, valuesOfType, verifySignedReply } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { startRadgate, succeed } from './radgate.ts';
import { clientSecret, enrol } from './scene.ts';
import { service, startSlapd, suffix, type Slapd } from './slapd.ts';
import { totp } from './totp.ts';
import { UdpClient } from './udp-client.ts';

const long = `${'ä'.repeat(63)}ab`;
const passwords: Readonly<Record<string, string>> = {
  alice: 'wonderland',
  umlaut: 'grüße',
  emoji: 'pass 🔑 word',
  comma: 'a,b;c',
  long,
};

const base64 = (text: string): string => Buffer.from(text).toString('base64');

function person(uid: string, more = ''): string {
  return `dn: uid=${uid},ou=people,${suffix}
objectClass: inetOrgPerson
objectClass: shadowAccount
uid: ${uid}
cn: ${uid}
sn: ${uid}
userPassword:: ${base64(passwords[uid] ?? 'wonderland')}
${more}
`;
}

const ldif = [
  ...Object.keys(passwords).map((uid) => person(uid, 'mail: x@corp.example\ntelephoneNumber: +33 1 23 45 67 89\n')),
  person('clerk', 'departmentNumber: 12\ndepartmentNumber: Küche\njpegPhoto:: /wD+\nmail: clerk@corp.example\n'),
  // Her mail address would be orders to a terminal.
  person('expired', `shadowExpire: 1\nmail:: ${base64('x\u001b[2J@corp.example')}\n`),
  // A role called as a group is, which is in a group itself; and a group that does not name its members.
  person('member', `memberOf: cn=vpn,ou=roles,${suffix}\nmemberOf: CN=held,OU=Groups,${suffix}\n`),
  person('hidden', 'objectClass: likeActiveDirectory\nuserAccountControl: 512\nsAMAccountName: hidden\n'),
  person('locked'),
  person('unseen'),
  person('reset', `pwdReset: TRUE\npwdPolicySubentry: cn=must-change,ou=service,${suffix}\n`),
  `dn: cn=must-change,ou=service,${suffix}
objectClass: device
objectClass: pwdPolicy
cn: must-change
pwdAttribute: userPassword
pwdMustChange: TRUE

`,
  person('twin'),
  // The same uid twice, in two places.
  person('twin').replace('ou=people', 'ou=groups'),
  `dn: uid=a\\2Ab,ou=people,${suffix}
objectClass: inetOrgPerson
uid: a*b
cn: star
sn: star
userPassword: wonderland

dn: cn=vpn,ou=groups,${suffix}
objectClass: groupOfNames
cn: vpn
member: cn=staff,ou=groups,${suffix}

dn: cn=staff,ou=groups,${suffix}
objectClass: groupOfNames
cn: staff
member: uid=alice,ou=people,${suffix}
member: cn=vpn,ou=groups,${suffix}

dn: cn=of-roles,ou=groups,${suffix}
objectClass: groupOfNames
cn: of-roles
member: cn=vpn,ou=roles,${suffix}

dn: cn=others,ou=groups,${suffix}
objectClass: groupOfUniqueNames
cn: others
uniqueMember: uid=umlaut,ou=people,${suffix}

`,
].join('');

peer('slapd', 'openssl')('login by LDAP, against OpenLDAP', function () {
  this.timeout(20_000);
  const health: ServerHealth[] = [];
  const open: LdapPrimary[] = [];
  let slapd: Slapd;
  before(async () => {
    slapd = await startSlapd({ ldif });
  });
  after(() => slapd.stop());
  afterEach(async () => {
    await Promise.all(open.splice(0).map((primary) => primary.close()));
    health.length = 0;
  });

  type Scheme = 'ldap' | 'ldaps';
  const at = (server: Slapd, scheme: Scheme = 'ldaps'): LdapOptions['servers'][number] => ({
    scheme,
    host: 'localhost',
    port: scheme === 'ldap' ? server.ports.plain : server.ports.tls,
  });
  const options = (): LdapOptions => {
    const { user_attributes: names, user_filter: userFilter } = directories.openldap;
    return {
      name: 'directory',
      servers: [at(slapd)],
      startTls: true,
      ca: readFileSync(slapd.caFile),
      tlsMinVersion: '1.2',
      timeout: 10_000,
      service,
      bind: { kind: 'search' },
      directory: {
        kind: 'openldap',
        base: suffix,
        groupBase: suffix,
        userAttributes: names,
        userFilter,
        nameAttributes: names,
        phoneAttributes: ['mobile', 'telephoneNumber'],
        mailAttributes: ['mail'],
        replyAttributes: [],
      },
      requireGroup: [],
      passwordEncoding: 'utf-8',
      clock: systemClock,
      onHealth: (change) => health.push(change),
    };
  };
  const build = (own: Partial<LdapOptions> = {}): LdapPrimary => {
    const primary = new LdapPrimary({ ...options(), ...own });
    open.push(primary);
    return primary;
  };
  const check = (
    primary: LdapPrimary,
    user: string,
    password: string | Buffer = 'wonderland',
    patience = 20_000,
  ): Promise<PrimaryResult> =>
    primary.check(primaryRequest({ user, password, deadline: systemClock.monotonic() + patience }));
  const reason = (result: PrimaryResult): string => {
    if (result.kind === 'unreachable') return `unreachable: ${result.why}`;
    return result.kind === 'bad' && 'reason' in result ? result.reason : result.kind;
  };

  for (const [scheme, bind] of [
    ['ldaps', { kind: 'search' }],
    ['ldap', { kind: 'search' }],
    ['ldaps', { kind: 'dn', template: `uid={user},ou=people,${suffix}` }],
  ] as const)
    describe(`${scheme === 'ldap' ? 'StartTLS' : 'ldaps'}, bind by ${bind.kind}`, () => {
      const own = (): LdapPrimary => build({ servers: [at(slapd, scheme)], bind });

      for (const [user, password] of Object.entries(passwords))
        it(`${user}: the right password to the octet, and no other`, async () => {
          const primary = own();
          expect(reason(await check(primary, user, password))).to.equal('ok');
          for (const wrong of [`${password}x`, password.slice(1), 'wonderlanD', 'x'.repeat(128)])
            expect(reason(await check(primary, user, wrong)), wrong).to.equal('password-wrong');
        });

      it('an empty password is refused before any bind', async () => {
        const primary = own();
        const before = (await slapd.lines()).length;
        expect(reason(await check(primary, 'alice', ''))).to.equal('password-wrong');
        expect(reason(await check(primary, 'alice', Buffer.of(0)))).to.equal('password-wrong');
        expect((await slapd.lines()).slice(before).filter((line) => line.includes(' BIND '))).to.deep.equal([]);
      });

      it('what looks like syntax is characters', async () => {
        const primary = own();
        for (const name of [
          '*',
          'a*',
          'alice)(uid=*',
          'alice,ou=people',
          '\\2a',
          'alice\\',
          '(',
          'ali*ce',
          'x)(|(uid=alice',
          'alice\0',
          'ali\0ce',
        ])
          expect(reason(await check(primary, name)), name).to.equal('password-wrong');
        expect(reason(await check(primary, 'a*b')), 'its own name').to.equal('ok');
      });

      it('the person is who the entry says, whatever was typed', async () => {
        const primary = own();
        for (const name of ['alice', 'ALICE', ' alice', 'alice '])
          expect(await check(primary, name)).to.have.nested.property('person.names[0]', 'alice');
      });

      it('an account that has expired is refused though the password is right', async () => {
        expect(reason(await check(own(), 'expired'))).to.equal('account-expired');
      });
    });

  it('tells of the person what a delivery and a policy need', async () => {
    const result = await check(build(), 'alice');
    if (result.kind !== 'ok') throw new Error(reason(result));
    const { groups, phone, email, askedNameProven } = result.person;
    expect([phone, email, askedNameProven]).to.deep.equal(['+33 1 23 45 67 89', 'x@corp.example', true]);
    expect(groups).to.have.members(['staff', 'vpn', `cn=staff,ou=groups,${suffix}`, `cn=vpn,ou=groups,${suffix}`]);
  });

  it('reads what rules give back, octet for octet and in any case of its name, and nothing else', async () => {
    const { directory } = options();
    const read = async (replyAttributes: readonly string[]): Promise<ReadonlyMap<string, readonly Buffer[]>> => {
      const before = (await slapd.lines()).length;
      const result = await check(build({ directory: { ...directory, replyAttributes } }), 'clerk');
      if (result.kind !== 'ok') throw new Error(reason(result));
      expect(result.person.email).to.equal('clerk@corp.example');
      const asked = (await slapd.lines())
        .slice(before)
        .filter((line) => line.includes('SRCH attr='))
        .join(' ');
      for (const name of ['departmentnumber', 'jpegphoto', 'title'])
        expect(asked.toLowerCase().includes(name), name).to.equal(replyAttributes.includes(name));
      return result.person.attributes;
    };
    expect([...(await read([])).keys()]).to.deep.equal([]);
    const attributes = await read(['departmentnumber', 'jpegphoto', 'mail', 'title']);
    expect(attributes.get('departmentnumber')?.map(String)).to.have.members(['12', 'Küche']);
    expect(attributes.get('jpegphoto')).to.deep.equal([Buffer.of(0xff, 0, 0xfe)]);
    expect(attributes.get('mail')?.map(String)).to.deep.equal(['clerk@corp.example']);
    expect(attributes.get('title')).to.deep.equal([]);
  });

  it('a group lets in who is in it, by way of others too, and nobody else', async () => {
    for (const group of ['vpn', 'VPN', `cn=vpn,ou=groups,${suffix}`, `CN=vpn, OU=groups,${suffix}`]) {
      const primary = build({ requireGroup: [group] });
      expect(reason(await check(primary, 'alice')), group).to.equal('ok');
      expect(reason(await check(primary, 'umlaut', 'grüße')), group).to.equal('not-in-group');
      expect(reason(await check(primary, 'umlaut', 'wrong')), group).to.equal('password-wrong');
    }
    expect(reason(await check(build({ requireGroup: ['others'] }), 'umlaut', 'grüße'))).to.equal('ok');
  });

  it('what an entry says it is a member of (memberOf) counts where groups are looked for, and what is elsewhere leads to groups only', async () => {
    const { directory } = options();
    const within = { ...directory, groupBase: `ou=groups,${suffix}` };
    const result = await check(build({ directory: within }), 'member');
    if (result.kind !== 'ok') throw new Error(reason(result));
    expect(result.person.groups).to.have.members([
      'held',
      `CN=held,OU=Groups,${suffix}`,
      'of-roles',
      `cn=of-roles,ou=groups,${suffix}`,
    ]);
    for (const [group, expected] of [
      ['held', 'ok'],
      ['of-roles', 'ok'],
      ['vpn', 'not-in-group'],
      [`cn=vpn,ou=roles,${suffix}`, 'not-in-group'],
    ] as const)
      expect(reason(await check(build({ directory: within, requireGroup: [group] }), 'member')), group).to.equal(
        expected,
      );
  });

  it('an Active Directory that hides the groups of an account is trouble, and no account without groups', async () => {
    const { directory } = options();
    const names = ['sAMAccountName'];
    const ad = { ...directory, kind: 'ad', userAttributes: names, nameAttributes: names } as const;
    const result = await check(build({ directory: ad }), 'hidden');
    expect(result.kind).to.equal('unreachable');
    expect(result)
      .to.have.property('why')
      .that.matches(/does not show tokenGroups of uid=hidden/);
  });

  it('a password that must be changed is refused, with a service account and without one, and is no trouble of the server', async () => {
    const bind = { kind: 'dn', template: `uid={user},ou=people,${suffix}` } as const;
    for (const [own, wrong] of [
      // For the log, the state of the account tells more than that the password is wrong.
      [{}, 'password-expired'],
      [{ bind }, 'password-expired'],
      [{ bind, service: undefined }, 'password-wrong'],
    ] as const) {
      const primary = build(own);
      expect(reason(await check(primary, 'reset'))).to.equal('password-expired');
      expect(reason(await check(primary, 'reset', 'wrong'))).to.equal(wrong);
    }
    expect(health).to.deep.equal([]);
  });

  it('an entry that may be bound as and not be read is refused, and is no trouble of the server', async () => {
    const bind = { kind: 'dn', template: `uid={user},ou=people,${suffix}` } as const;
    for (const own of [{ bind }, { bind, service: undefined }]) {
      const primary = build(own);
      const result = await check(primary, 'unseen');
      expect(reason(result)).to.equal('account-restricted');
      expect(result).to.have.property('why').that.contains('is not shown to the account that reads it');
    }
    expect(health).to.deep.equal([]);
  });

  it('a name of two entries is refused', async () => {
    const result = await check(build(), 'twin');
    expect(reason(result)).to.equal('password-wrong');
    expect(result)
      .to.have.property('why')
      .that.matches(/more than one entry/);
  });

  it('a password of ISO-8859-1 is right where that is what the device sends', async () => {
    const latin1 = Buffer.from('grüße', 'latin1');
    expect(reason(await check(build({ passwordEncoding: 'latin1' }), 'umlaut', latin1))).to.equal('ok');
    expect(reason(await check(build(), 'umlaut', latin1))).to.equal('password-wrong');
  });

  it('anything but a password is not for a directory', async () => {
    const credential = { kind: 'eap', message: Buffer.of(2, 1, 0, 4) } as const;
    const deadline = systemClock.monotonic() + 1_000;
    expect((await build().check(primaryRequest({ credential, deadline }))).kind).to.equal('unsupported');
  });

  describe('trouble', () => {
    let other: Slapd;
    before(async () => {
      other = await startSlapd({ ldif, certificateOf: 'ldap.other.example' });
    });
    after(() => other.stop());
    const binds = async (): Promise<string[]> =>
      (await Promise.all([slapd.lines(), other.lines()])).flat().filter((line) => line.includes(' BIND '));

    it('a certificate of another name, or of another authority, is none', async () => {
      for (const [servers, caFile] of [
        [[at(other)], other.caFile],
        [[at(other, 'ldap')], other.caFile],
        [[at(slapd)], other.caFile],
        [[at(slapd, 'ldap')], other.caFile],
      ] as const) {
        const before = await binds();
        const result = await check(build({ servers, ca: readFileSync(caFile) }), 'alice');
        expect(result.kind).to.equal('unreachable');
        expect(result).to.have.property('asked', false);
        expect(await binds(), 'no password was sent').to.deep.equal(before);
      }
    });

    it('a wrong password of the service account is trouble of the server, never of the user', async () => {
      const primary = build({ service: { ...service, password: 'wrong' } });
      expect((await check(primary, 'alice')).kind).to.equal('unreachable');
      expect(health[0]?.trouble).to.match(/service account|49|nvalid credentials/i);
    });

    it('the next server is asked where the first is closed', async () => {
      const first = await startSlapd({ ldif });
      await first.stop();
      const primary = build({ servers: [at(first), at(slapd)] });
      expect(reason(await check(primary, 'alice'))).to.equal('ok');
      expect(health.map(({ trouble }) => trouble !== undefined)).to.deep.equal([true]);
    });

    it('the first is asked again within 10 s of its return', async () => {
      const first = await startSlapd({ ldif });
      const clock = new FakeClock();
      const ca = Buffer.concat([readFileSync(first.caFile), readFileSync(slapd.caFile)]);
      await first.stop();
      const primary = build({ servers: [at(first), at(slapd)], ca, clock });
      const login = (): Promise<PrimaryResult> =>
        primary.check(primaryRequest({ password: 'wonderland', deadline: clock.monotonic() + 5_000 }));
      expect(reason(await login())).to.equal('ok');
      const again = await startSlapd({ ldif, ports: first.ports });
      const ask = build({ servers: [at(again)], ca: readFileSync(again.caFile) });
      expect(reason(await check(ask, 'alice')), 'it is back').to.equal('ok');
      clock.pass(10_000);
      const before = (await again.lines()).length;
      // Its new certificate is not in the file that was read: it is asked, found wanting, and the next one serves.
      expect(reason(await login())).to.equal('ok');
      const since = (await again.lines()).slice(before);
      expect(since.some((line) => line.includes(' ACCEPT ') && line.includes(`:${again.ports.tls})`))).to.equal(true);
      await again.stop();
    });

    it('a server that accepts the connection and says nothing is given up in its time, and the next one asked', async () => {
      const mute: Server = createServer();
      mute.listen(0, '127.0.0.1');
      await once(mute, 'listening');
      const { port } = mute.address() as AddressInfo;
      const primary = build({
        servers: [{ scheme: 'ldaps', host: 'localhost', port }, at(slapd)],
        timeout: 300,
      });
      expect(reason(await check(primary, 'alice'))).to.equal('ok');
      const alone = build({ servers: [{ scheme: 'ldaps', host: 'localhost', port }], timeout: 300 });
      expect(await check(alone, 'alice')).to.include({ kind: 'unreachable', asked: false });
      mute.close();
    });

    it('one killed with the password in its hands lets nobody in; the next one is asked', async () => {
      for (const [others, expected] of [
        [[], 'unreachable'],
        [[at(slapd, 'ldap')], 'ok'],
      ] as const) {
        const dying = await startSlapd({ ldif });
        await dying.freeze();
        let killed: Promise<void> | undefined;
        // The first octets that pass are the bind: without TLS and with a template nothing goes before it.
        const relay = createServer((client) => {
          const server = connect(dying.ports.plain, '127.0.0.1');
          for (const socket of [client, server]) socket.on('error', () => undefined);
          client.pipe(server);
          client.once('data', () => {
            killed = dying.kill();
          });
          server.once('close', () => client.destroy());
        });
        relay.listen(0, '127.0.0.1');
        await once(relay, 'listening');
        const { port } = relay.address() as AddressInfo;
        const bind = { kind: 'dn', template: `uid={user},ou=people,${suffix}` } as const;
        const servers = [{ scheme: 'ldap', host: '127.0.0.1', port }, ...others] as const;
        const result = await check(build({ servers, bind, startTls: false }), 'alice');
        expect(result.kind).to.equal(expected);
        if (expected === 'unreachable')
          expect(result, 'it may have counted the password').to.have.property('asked', true);
        expect(
          health.splice(0).map(({ trouble }) => trouble?.includes('BindRequest')),
          'it was bound to',
        ).to.deep.equal([true]);
        await killed;
        relay.close();
      }
    });

    it('one that hangs or dies before it is bound to lets nobody in', async () => {
      const dying = await startSlapd({ ldif });
      const primary = build({ servers: [at(dying)], timeout: 700, ca: readFileSync(dying.caFile) });
      expect(reason(await check(primary, 'alice'))).to.equal('ok');
      await dying.freeze();
      expect((await check(primary, 'alice')).kind).to.equal('unreachable');
      const last = check(primary, 'alice');
      await dying.kill();
      expect((await last).kind).to.equal('unreachable');
    });
  });

  it('the whole way: password at the directory, code at radgate', async () => {
    let oath = '';
    const radgate = await startRadgate({
      config: (dir) => `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:${dir}/radgate.db"
[[client]]
name = "nas"
address = "127.0.0.1"
secret = "${clientSecret}"
[[primary]]
name = "directory"
type = "ldap"
directory = "openldap"
server = "ldaps://localhost:${slapd.ports.tls}"
ca_file = "${slapd.caFile}"
base_dn = "${suffix}"
bind_dn = "${service.name}"
bind_password = "${service.password}"
`,
      prepare: async (cli) => {
        await succeed(cli(['user', 'add', 'alice']));
        oath = await enrol(cli, 'alice');
      },
    });
    const [nas] = radgate.listening;
    if (!nas) throw new Error('listens nowhere');
    const client = await UdpClient.open();
    let identifier = 0;
    const ask = async (user: string, password: string, state?: Buffer) => {
      identifier++;
      const attributes = state ? [{ type: Type.state, value: state }] : [];
      const request = accessRequest({ secret: clientSecret, identifier, user, password, attributes });
      return verifySignedReply(await client.exchange(request, nas), request, clientSecret);
    };
    try {
      // OpenLDAP folds full width too (RFC 4518 §2.3): whatever the spelling, it is alice, and her factor is asked.
      for (const name of ['ALICE', 'alice ', '\uff41lice'])
        expect((await ask(name, 'wonderland')).code, name).to.equal(Code.accessChallenge);
      const [state] = valuesOfType(await ask('alice', 'wonderland'), Type.state);
      expect((await ask('alice', totp(oath), state)).code).to.equal(Code.accessAccept);
      expect((await ask('alice', 'wrong')).code).to.equal(Code.accessReject);
      const checked = await radgate.cli(['check', '--connect', '--user', 'expired']);
      expect(checked.code, checked.stderr).to.equal(0);
      expect(checked.stdout)
        .to.match(/^ok +directory ldaps:\/\/localhost:\d+: answers as cn=radgate,ou=service/m)
        .and.match(/^entry +uid=expired,ou=people,dc=corp,dc=example/im)
        .and.match(/^may log in +no: account-expired/im)
        .and.match(/^e-mail +x\\x1b\[2J@corp\.example$/m);
      const json = await radgate.cli(['check', '--connect', '--user', 'alice', '--json']);
      const { connections } = JSON.parse(json.stdout) as {
        connections: { primaries: { user: { groups: unknown } }[] };
      };
      expect(connections.primaries[0]?.user).to.include({ kind: 'known', dn: `uid=alice,ou=people,${suffix}` });
    } finally {
      await client.close();
      await radgate.stop();
    }
  });
});
