import { expect } from 'chai';
import { foldGroup, userGroups } from '../../../src/policy/fold-group.ts';

describe('fold-group', () => {
  for (const [one, other] of [
    ['VPN users', 'vpn USERS'],
    ['bjo\u0308rn', 'bj\u00f6rn'],
    ['CN=Leavers, OU=Groups, DC=corp', 'cn=leavers,ou=groups,dc=corp'],
    ['CN=Leavers\\2C old,DC=corp', 'cn=leavers\\, old,dc=corp'],
    ['cn=a+ou=b,dc=corp', 'OU=b + CN=a, DC=corp'],
  ] as const)
    it(`${one} is ${other}`, () => {
      expect(foldGroup(one)).to.equal(foldGroup(other));
      expect(userGroups(['Others', one]).has(foldGroup(other))).to.equal(true);
    });

  for (const [one, other] of [
    ['Leavers', 'CN=Leavers,DC=corp'],
    ['CN=Leavers,DC=corp', 'CN=Leavers,OU=Groups,DC=corp'],
    ['cn=a,dc=b', 'cn=a\\,dc\\=b'],
    // Blanks within a name are its own.
    ['VPN users', 'VPN  users'],
  ] as const)
    it(`${one} is not ${other}`, () => {
      expect(foldGroup(one)).not.to.equal(foldGroup(other));
      expect(userGroups([one]).has(foldGroup(other))).to.equal(false);
    });
});
