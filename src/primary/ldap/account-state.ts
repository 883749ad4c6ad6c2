import type { Entry } from 'ldapts';
import type { BindRefusal } from './bind-refusal.ts';
import { textOf } from './entry.ts';
import type { DirectoryKind } from './ldap-options.ts';

/** What is read of an account to know its state. */
export const stateAttributes: Readonly<Record<DirectoryKind, readonly string[]>> = {
  ad: ['userAccountControl', 'msDS-User-Account-Control-Computed', 'accountExpires', 'lockoutTime', 'pwdLastSet'],
  openldap: ['pwdAccountLockedTime', 'pwdReset', 'shadowExpire'],
  freeipa: ['nsAccountLock', 'krbPrincipalExpiration', 'krbPasswordExpiration'],
};

/** Flags of userAccountControl and its computed half: MS-ADTS §2.2.16, §3.1.1.4.5.17. */
const Flag = { disabled: 0x2, locked: 0x10, passwordNeverExpires: 0x1_0000, passwordExpired: 0x80_0000 } as const;

/** 1601 to 1970, in milliseconds. */
const windowsEpoch = 11_644_473_600_000n;
const day = 86_400_000;
/** What accountExpires holds, beside zero, if the account never does. */
const never = 0x7fff_ffff_ffff_ffffn;

/**
 * Why an account may not log in although its password may be right.
 * @param afterBind whether its password was just taken: then a lock that has run out is none
 * @param now milliseconds since 1970 UTC
 * @returns undefined if nothing is against it
 */
export function accountRefusal(
  entry: Entry,
  kind: DirectoryKind,
  afterBind: boolean,
  now: number,
): BindRefusal | undefined {
  switch (kind) {
    case 'ad':
      return activeDirectory(entry, now);
    case 'openldap':
      return openLdap(entry, afterBind, now);
    case 'freeipa':
      return freeIpa(entry, now);
  }
}

function activeDirectory(entry: Entry, now: number): BindRefusal | undefined {
  const flags = integer(textOf(entry, 'userAccountControl') ?? '0');
  const computed = textOf(entry, 'msDS-User-Account-Control-Computed');
  const state = integer(computed ?? '0');
  if (flags === undefined || state === undefined)
    return { reason: 'account-restricted', why: 'userAccountControl or its computed half is no number' };
  const expires = fileTime(textOf(entry, 'accountExpires') ?? '0');
  // The computed flag knows when a lock ends; without it every one counts.
  const isLocked = computed === undefined ? (textOf(entry, 'lockoutTime') ?? '0') !== '0' : (state & Flag.locked) !== 0;
  const mustChange = textOf(entry, 'pwdLastSet') === '0' && (flags & Flag.passwordNeverExpires) === 0;
  if ((flags & Flag.disabled) !== 0) return { reason: 'account-disabled', why: 'userAccountControl says so' };
  if (expires !== 0n && expires !== never && expires / 10_000n - windowsEpoch <= BigInt(now))
    return { reason: 'account-expired', why: 'accountExpires is past' };
  if (isLocked) return { reason: 'account-locked', why: 'lockoutTime says so' };
  if (mustChange) return { reason: 'password-expired', why: 'pwdLastSet is 0: it must be changed at the next logon' };
  if ((state & Flag.passwordExpired) !== 0)
    return { reason: 'password-expired', why: 'msDS-User-Account-Control-Computed says so' };
  return undefined;
}

/** A whole number, as directories write it (RFC 4517 §3.3.16); undefined if it is none. */
function integer(text: string): number | undefined {
  return /^-?\d+$/.test(text) ? Number(text) : undefined;
}

/** In 100 ns since 1601; what can't be read is long past, and refuses. */
function fileTime(text: string): bigint {
  return /^\d+$/.test(text) ? BigInt(text) : 1n;
}

/** The operational attributes of ppolicy (draft-behera-ldap-password-policy §5.3), and the shadow's (RFC 2307 §3). */
function openLdap(entry: Entry, afterBind: boolean, now: number): BindRefusal | undefined {
  const lockedAt = textOf(entry, 'pwdAccountLockedTime');
  const isForGood = lockedAt?.startsWith('000001010000') === true;
  const expires = integer(textOf(entry, 'shadowExpire') ?? '-1');
  if (lockedAt !== undefined && (isForGood || !afterBind))
    return { reason: 'account-locked', why: `pwdAccountLockedTime is ${lockedAt}` };
  if (expires === undefined) return { reason: 'account-expired', why: 'shadowExpire is no number' };
  if (expires >= 0 && expires * day <= now) return { reason: 'account-expired', why: 'shadowExpire is past' };
  if (textOf(entry, 'pwdReset')?.toUpperCase() === 'TRUE')
    return { reason: 'password-expired', why: 'pwdReset is TRUE: it must be changed first' };
  return undefined;
}

function freeIpa(entry: Entry, now: number): BindRefusal | undefined {
  const isPast = (attribute: string): boolean => {
    const at = textOf(entry, attribute);
    return at !== undefined && generalizedTime(at) <= now;
  };
  if (textOf(entry, 'nsAccountLock')?.toUpperCase() === 'TRUE')
    return { reason: 'account-disabled', why: 'nsAccountLock is TRUE' };
  if (isPast('krbPrincipalExpiration')) return { reason: 'account-expired', why: 'krbPrincipalExpiration is past' };
  if (isPast('krbPasswordExpiration')) return { reason: 'password-expired', why: 'krbPasswordExpiration is past' };
  return undefined;
}

/** RFC 4517 §3.3.13, in UTC as directories write it: milliseconds since 1970; what can't be read is long past, and refuses. */
function generalizedTime(text: string): number {
  const read = /^(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})(?:\.\d+)?Z$/.exec(text);
  if (!read) return -Infinity;
  const [year = 0, month = 1, date, hours, minutes, seconds] = read.slice(1).map(Number);
  return Date.UTC(year, month - 1, date, hours, minutes, seconds);
}
