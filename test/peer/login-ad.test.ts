import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { systemClock, type Clock } from '../../src/clock.ts';
import { directories } from '../../src/config/directories.ts';
import { LdapPrimary } from '../../src/primary/ldap/ldap.ts';
import type { LdapOptions } from '../../src/primary/ldap/ldap-options.ts';
import type { PrimaryResult } from '../../src/primary/primary.ts';
import { IntakeScene } from '../support/intake-scene.ts';
import { primaryRequest } from '../support/primary-requests.ts';
import { sharedStore } from '../support/shared-store.ts';
import { aNas } from '../support/a-nas.ts';
import { Code } from './packet-bytes.ts';
import { peer } from './peer.ts';
import { adAddress, adPassword, adSuffix, startSamba, type Samba } from './samba.ts';

const users = [
  { name: 'radgate' },
  { name: 'alice', more: 'mail: alice@corp.example\nmobile: +33 6 12 34 56 78' },
  { name: 'björn' },
  { name: 'bob' },
  { name: 'carol', principal: 'c.jones@corp.example' },
  { name: 'off', disabled: true },
  // 1997.
  { name: 'past', more: 'accountExpires: 125000000000000000' },
  { name: 'fresh', more: 'pwdLastSet: 0' },
  // At no hour of the week.
  { name: 'never', more: `logonHours:: ${Buffer.alloc(21).toString('base64')}` },
  { name: 'guessed' },
] as const;
const groups = [
  { name: 'inner', members: ['alice'] },
  { name: 'outer', members: ['inner'] },
] as const;

/** How a password is tried. */
const asTyped = { kind: 'name', suffix: 'corp.example' } as const;
const ways: readonly (readonly [how: string, own: Partial<LdapOptions>])[] = [
  ['looked up by the service account', {}],
  ['bound as typed', { bind: asTyped }],
  ['bound as typed, without a service account', { bind: asTyped, service: undefined }],
];

peer('samba', 'openssl')('login by Active Directory, against Samba', function () {
  this.timeout(20_000);
  const stored = sharedStore();
  const open: LdapPrimary[] = [];
  let samba: Samba;
  before(async function () {
    this.timeout(60_000);
    samba = await startSamba(users, groups);
  });
  after(() => samba.stop());
  afterEach(() => Promise.all(open.splice(0).map((primary) => primary.close())));

  const build = (own: Partial<LdapOptions> = {}): LdapPrimary => {
    const { user_attributes: names, user_filter: userFilter } = directories.ad;
    const primary = new LdapPrimary({
      name: 'ad',
      servers: [{ scheme: 'ldaps', host: adAddress, port: 636 }],
      startTls: true,
      ca: readFileSync(samba.caFile),
      tlsMinVersion: '1.2',
      timeout: 5_000,
      service: { name: `CN=radgate,CN=Users,${adSuffix}`, password: adPassword },
      bind: { kind: 'search' },
      directory: {
        kind: 'ad',
        base: adSuffix,
        groupBase: adSuffix,
        userAttributes: names,
        userFilter,
        nameAttributes: names,
        phoneAttributes: ['mobile', 'telephoneNumber'],
        mailAttributes: ['mail'],
        replyAttributes: ['department'],
      },
      requireGroup: [],
      passwordEncoding: 'utf-8',
      clock: systemClock,
      onHealth: () => undefined,
      ...own,
    });
    open.push(primary);
    return primary;
  };
  const check = (primary: LdapPrimary, user: string, password = adPassword): Promise<PrimaryResult> =>
    primary.check(primaryRequest({ user, password, deadline: systemClock.monotonic() + 10_000 }));
  const reason = (result: PrimaryResult): string => {
    if (result.kind === 'unreachable') return result.why;
    return result.kind === 'bad' && 'reason' in result ? result.reason : result.kind;
  };

  for (const [how, own] of ways)
    describe(how, () => {
      it('the right password alone is right, by UPN, DOMAIN\\user and sAMAccountName', async () => {
        const primary = build(own);
        for (const name of [
          'alice',
          'ALICE',
          'alice@corp.example',
          'Alice@CORP.example',
          'CORP\\alice',
          'corp\\ALICE',
        ]) {
          const result = await check(primary, name);
          expect(reason(result), name).to.equal('ok');
          expect(result)
            .to.have.nested.property('person.names')
            .that.has.members(['alice', 'alice@corp.example', 'CORP\\alice']);
          expect(reason(await check(primary, name, 'wrong')), name).to.equal('password-wrong');
          // The third wrong one would lock the account: a right one in between sets the count back.
        }
        expect(reason(await check(primary, 'alice', ''))).to.equal('password-wrong');
        expect(reason(await check(primary, 'nobody'))).to.equal('password-wrong');
      });

      it('disabled, expired, to be changed and out of hours: refused though the password is right, each with its reason', async () => {
        const primary = build(own);
        expect(reason(await check(primary, 'off'))).to.equal('account-disabled');
        expect(reason(await check(primary, 'past'))).to.equal('account-expired');
        expect(reason(await check(primary, 'fresh'))).to.equal('password-expired');
        expect(reason(await check(primary, 'never'))).to.equal('account-restricted');
      });
    });

  it('locked after three wrong passwords, and then the right one is refused too', async () => {
    const primary = build();
    for (let i = 0; i < 3; i++)
      expect(reason(await check(primary, 'guessed', `wrong ${i}`))).to.equal('password-wrong');
    expect(reason(await check(primary, 'guessed'))).to.equal('account-locked');
  });

  it('groups: nested ones and the primary one are among them', async () => {
    const result = await check(build(), 'alice');
    if (result.kind !== 'ok') throw new Error(reason(result));
    expect(result.person.groups).to.include.members([
      'inner',
      'outer',
      'Domain Users',
      `CN=outer,CN=Users,${adSuffix}`,
    ]);
    expect([result.person.phone, result.person.email]).to.deep.equal(['+33 6 12 34 56 78', 'alice@corp.example']);
    for (const group of ['outer', 'Domain Users', `cn=outer,cn=users,${adSuffix}`])
      expect(reason(await check(build({ requireGroup: [group] }), 'alice')), group).to.equal('ok');
    expect(reason(await check(build({ requireGroup: ['outer'] }), 'bob'))).to.equal('not-in-group');
  });

  it('a bind in clear is refused by the directory, and that is trouble of the server', async () => {
    const primary = build({ servers: [{ scheme: 'ldap', host: adAddress, port: 389 }], startTls: false });
    expect((await check(primary, 'alice')).kind).to.equal('unreachable');
    expect(reason(await check(build({ servers: [{ scheme: 'ldap', host: adAddress, port: 389 }] }), 'alice'))).to.equal(
      'ok',
    );
  });

  for (const [how, own] of ways)
    it(`every spelling that the directory takes meets the factor (CVE-2020-12812), ${how}`, async () => {
      const nas = aNas({ primary: 'ad', factor: 'if-enrolled' });
      // The deadline is on the scene's clock.
      const clock: Clock = { monotonic: () => scene.clock.monotonic(), wall: () => scene.clock.wall() };
      const scene: IntakeScene = await IntakeScene.open(stored.scratch, {
        clients: [{ nas, addresses: ['192.0.2.0/24'] }],
        primaries: () => [build({ ...own, clock })],
      });
      try {
        await stored.scratch.addUser({ id: 'u2', names: ['bj\u00f6rn'] });
        await stored.scratch.addToken({ userId: 'u2', key: Buffer.alloc(20, 3) });
        // Only the directory knows that c.jones is she.
        await stored.scratch.addUser({ id: 'u3', names: ['carol'] });
        await stored.scratch.addToken({ userId: 'u3', key: Buffer.alloc(20, 4) });
        const spellings = [
          'alice',
          'ALICE',
          'alice ',
          ' alice',
          'alice@corp.example',
          'CORP\\alice',
          '\uff41lice',
          '\u24d0lice',
          'al\u0131ce',
          'bj\u00f6rn',
          'bjo\u0308rn',
          'BJ\u00d6RN',
          'bjorn',
          'CORP\\bjorn',
          'CORP.EXAMPLE\\alice',
          'alice@CORP',
          'alice@corp.example ',
          'alice @corp.example',
          'alice\uff20corp.example',
          'CORP\uff3calice',
          'CORP/alice',
          'corp.example/Users/alice',
          `CN=alice,CN=Users,${adSuffix}`,
          'bjorn@corp.example',
          'alice\0',
        ];
        for (const user of spellings) {
          const { code } = await scene.ask({ user, password: adPassword });
          expect(code, JSON.stringify(user)).to.be.oneOf([Code.accessChallenge, Code.accessReject]);
        }
        for (const user of [
          'alice',
          'ALICE',
          'alice@corp.example',
          'CORP\\alice',
          'bj\u00f6rn',
          'carol',
          'C.Jones@corp.example',
        ])
          expect((await scene.ask({ user, password: adPassword })).code, user).to.equal(Code.accessChallenge);
        expect((await scene.ask({ user: 'bob', password: adPassword })).code, 'who has none').to.equal(
          Code.accessAccept,
        );
      } finally {
        await scene.close();
      }
    });
});
