import { expect } from 'chai';
import { accountRefusal } from '../../../../src/primary/ldap/account-state.ts';
import type { DirectoryKind } from '../../../../src/primary/ldap/ldap-options.ts';

const now = Date.UTC(2026, 0, 2);
/** In 100 ns since 1601: MS-DTYP §2.3.3. */
const fileTime = (milliseconds: number): string => String(BigInt(milliseconds + 11_644_473_600_000) * 10_000n);
const days = (since1970: number): string => String(since1970 / 86_400_000);

type Attributes = Readonly<Record<string, string>>;
type Row = readonly [title: string, attributes: Attributes, reason: string | undefined];

function suite(kind: DirectoryKind, rows: readonly Row[], common: Attributes = {}, afterBind = true): void {
  for (const [title, attributes, reason] of rows)
    it(`${title}: ${reason ?? 'may log in'}`, () => {
      const entry = { dn: 'cn=alice', ...common, ...attributes };
      expect(accountRefusal(entry, kind, afterBind, now)?.reason).to.equal(reason);
    });
}

describe('primary/ldap/account-state: Active Directory', () => {
  const computed = 'msDS-User-Account-Control-Computed';
  suite(
    'ad',
    [
      ['as made', {}, undefined],
      ['disabled', { userAccountControl: '514' }, 'account-disabled'],
      ['disabled, as the signed number that it is sent as', { userAccountControl: '-2147483134' }, 'account-disabled'],
      ['flags that are no number', { userAccountControl: '0x200' }, 'account-restricted'],
      ['computed flags that are no number', { [computed]: 'none' }, 'account-restricted'],
      ['expires never, the first way', { accountExpires: '0' }, undefined],
      ['expires never, the other way', { accountExpires: '9223372036854775807' }, undefined],
      ['expires in a second', { accountExpires: fileTime(now + 1_000) }, undefined],
      ['expires now', { accountExpires: fileTime(now) }, 'account-expired'],
      ['expires at what is no time', { accountExpires: 'soon' }, 'account-expired'],
      ['locked', { [computed]: '16', lockoutTime: fileTime(now) }, 'account-locked'],
      ['a lock that has run out', { [computed]: '0', lockoutTime: fileTime(now - 3_600_000) }, undefined],
      ['a lock, and nobody says whether it has run out', { lockoutTime: fileTime(now - 3_600_000) }, 'account-locked'],
      ['a lock that was taken away', { lockoutTime: '0' }, undefined],
      ['a password that must be changed', { pwdLastSet: '0' }, 'password-expired'],
      ['one that never expires', { pwdLastSet: '0', userAccountControl: '66048' }, undefined],
      ['a password that has expired', { [computed]: '8388608' }, 'password-expired'],
    ],
    { userAccountControl: '512', pwdLastSet: fileTime(now - 1_000) },
  );

  it('in whatever case the names of its attributes come', () => {
    const entry = { dn: 'cn=alice', USERACCOUNTCONTROL: '514' };
    expect(accountRefusal(entry, 'ad', true, now)?.reason).to.equal('account-disabled');
  });
});

describe('primary/ldap/account-state: OpenLDAP, after a bind', () => {
  suite('openldap', [
    ['as made', {}, undefined],
    ['locked by an administrator', { pwdAccountLockedTime: '000001010000Z' }, 'account-locked'],
    ['a lock that the bind has outlived', { pwdAccountLockedTime: '20260101000000Z' }, undefined],
    ['a password that must be changed', { pwdReset: 'TRUE' }, 'password-expired'],
    ['one that need not', { pwdReset: 'FALSE' }, undefined],
    ['no shadow expiry', { shadowExpire: '-1' }, undefined],
    ['a shadow that expires tomorrow', { shadowExpire: days(now + 86_400_000) }, undefined],
    ['a shadow that expires today', { shadowExpire: days(now) }, 'account-expired'],
    ['a shadow whose expiry is no number', { shadowExpire: 'soon' }, 'account-expired'],
  ]);
});

describe('primary/ldap/account-state: OpenLDAP, without a bind', () => {
  suite('openldap', [['locked', { pwdAccountLockedTime: '20260101000000Z' }, 'account-locked']], {}, false);
});

describe('primary/ldap/account-state: FreeIPA', () => {
  suite('freeipa', [
    ['as made', {}, undefined],
    ['disabled', { nsAccountLock: 'TRUE' }, 'account-disabled'],
    ['enabled again', { nsAccountLock: 'FALSE' }, undefined],
    ['a principal that has expired', { krbPrincipalExpiration: '20260102000000Z' }, 'account-expired'],
    ['one that expires in a second', { krbPrincipalExpiration: '20260102000001Z' }, undefined],
    ['a password that has expired', { krbPasswordExpiration: '20251231235959.5Z' }, 'password-expired'],
    ['one that expires in 2037', { krbPasswordExpiration: '20370101000000Z' }, undefined],
    ['a time that is none', { krbPasswordExpiration: 'never' }, 'password-expired'],
    [
      'a time in another zone, which directories do not write',
      { krbPrincipalExpiration: '20370101000000+0100' },
      'account-expired',
    ],
  ]);
});
