import { expect } from 'chai';
import { bindRefusal } from '../../../../src/primary/ldap/bind-refusal.ts';
import { LdapRefused, Result } from '../../../../src/primary/ldap/ldap-error.ts';

/** As a domain controller of Windows Server words it. */
const accept = (data: string): string =>
  `80090308: LdapErr: DSID-0C090447, comment: AcceptSecurityContext error, data ${data}, v3839`;

describe('primary/ldap/bind-refusal: the sub-codes of Active Directory', () => {
  for (const [data, reason] of [
    ['525', 'password-wrong'],
    ['52e', 'password-wrong'],
    ['52E', 'password-wrong'],
    ['530', 'account-restricted'],
    ['531', 'account-restricted'],
    ['532', 'password-expired'],
    ['533', 'account-disabled'],
    ['701', 'account-expired'],
    ['773', 'password-expired'],
    ['775', 'account-locked'],
    // One that nobody has told of: the bind was refused all the same.
    ['57', 'password-wrong'],
    ['7750', 'password-wrong'],
  ] as const)
    it(`${data} is ${reason}`, () => {
      expect(bindRefusal(new LdapRefused(Result.invalidCredentials, accept(data)))?.reason).to.equal(reason);
    });

  it('the log has the code and what it means', () => {
    expect(bindRefusal(new LdapRefused(Result.invalidCredentials, accept('775')))?.why).to.match(/^775, .*locked/);
  });

  it('what only looks like one is none', () => {
    const refused = new LdapRefused(Result.invalidCredentials, 'the user wrote: data 533');
    expect(bindRefusal(refused)?.reason).to.equal('password-wrong');
  });
});

describe('primary/ldap/bind-refusal: other directories', () => {
  for (const [code, diagnostic, reason] of [
    [Result.invalidCredentials, '', 'password-wrong'],
    [Result.noSuchObject, '', 'password-wrong'],
    [Result.invalidDnSyntax, 'invalid DN', 'password-wrong'],
    [Result.inappropriateAuthentication, '', 'password-wrong'],
    [Result.constraintViolation, 'Exceed password retry limit. Please try later.', 'account-locked'],
    [Result.unwillingToPerform, 'Account inactivated. Contact system administrator.', 'account-disabled'],
    [Result.unwillingToPerform, 'Too many failed logins.', 'account-locked'],
    [Result.unwillingToPerform, 'Entry permanently locked.', 'account-locked'],
    [Result.unwillingToPerform, 'Account (Kerberos principal) is expired', 'account-expired'],
    [Result.insufficientAccessRights, '', 'account-restricted'],
    // These say nothing of the user: another server may know better.
    [Result.unwillingToPerform, 'unauthenticated bind (DN with no password) disallowed', undefined],
    [Result.referral, '', undefined],
    [Result.operationsError, '', undefined],
    [8, 'BindSimple: Transport encryption required.', undefined],
    [51, 'busy', undefined],
    [52, 'unavailable', undefined],
    [80, 'internal error', undefined],
  ] as const)
    it(`result ${code} ${JSON.stringify(diagnostic)} is ${reason ?? 'trouble of the server'}`, () => {
      expect(bindRefusal(new LdapRefused(code, diagnostic))?.reason).to.equal(reason);
    });
});
