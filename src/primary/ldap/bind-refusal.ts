import type { Refusal } from '../primary.ts';
import { Result, type LdapRefused } from './ldap-error.ts';

/** Why a directory did not take a password. */
export interface BindRefusal {
  readonly reason: Refusal;
  /** For the log: the server's own words. */
  readonly why: string;
}

/** What Active Directory says behind `data` when a bind fails, in hexadecimal: the Win32 codes of its logons (MS-ERREF §2.2). */
const subCodes: Readonly<Record<string, readonly [Refusal, string]>> = {
  '525': ['password-wrong', 'no such user'],
  '52e': ['password-wrong', 'wrong password, or no such user'],
  '530': ['account-restricted', 'not at this time'],
  '531': ['account-restricted', 'not from this workstation'],
  '532': ['password-expired', 'the password has expired'],
  '533': ['account-disabled', 'the account is disabled'],
  '701': ['account-expired', 'the account has expired'],
  '773': ['password-expired', 'the password must be changed at the next logon'],
  '775': ['account-locked', 'the account is locked after too many wrong passwords'],
};

/** Why 389 Directory Server and FreeIPA (its plug-ins ipa-lockout and ipa-pwd-extop) are unwilling; OpenLDAP is for what it does not do at all. */
const unwilling: readonly (readonly [RegExp, Refusal])[] = [
  [/inactivated/i, 'account-disabled'],
  [/too many failed logins|permanently locked/i, 'account-locked'],
  [/principal\) is expired/i, 'account-expired'],
];

/**
 * What a refused bind means for the user. @returns undefined if it says nothing of the user: the server is busy, wants TLS, refers to another ... */
export function bindRefusal(refused: LdapRefused): BindRefusal | undefined {
  const code = /\bAcceptSecurityContext error, data ([0-9a-f]+)\b/i.exec(refused.message)?.[1]?.toLowerCase();
  const told = code === undefined ? undefined : subCodes[code];
  if (told) return { reason: told[0], why: `${code}, ${told[1]}` };
  switch (refused.code) {
    case Result.invalidCredentials:
    // The entry is not there, or has no password.
    case Result.noSuchObject:
    case Result.invalidDnSyntax:
    case Result.inappropriateAuthentication:
      return { reason: 'password-wrong', why: refused.message };
    // 389 Directory Server (FreeIPA) after too many wrong passwords.
    case Result.constraintViolation:
      return { reason: 'account-locked', why: refused.message };
    case Result.unwillingToPerform: {
      const reason = unwilling.find(([words]) => words.test(refused.message))?.[1];
      return reason && { reason, why: refused.message };
    }
    case Result.insufficientAccessRights:
      return { reason: 'account-restricted', why: refused.message };
    default:
      return undefined;
  }
}

/**
 * What a refused search means for the user as whom it was asked. @returns undefined if it says nothing of the user. OpenLDAP takes a password that must be
 * changed, and then nothing but its change (slapo-ppolicy(5), pwdMustChange).
 */
export function searchRefusal(refused: LdapRefused): BindRefusal | undefined {
  return /restricted to bind/i.test(refused.message) ? { reason: 'password-expired', why: refused.message } : undefined;
}
