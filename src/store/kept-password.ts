import { octetsOrNull } from './row.ts';
import type { Seal } from './seal.ts';
import type { Row } from './sql.ts';

/** What is kept of a password beside its hash, so that challenges made from it can be checked. */
export type KeptPassword =
  /** 16 octets: for MS-CHAPv2. It is as good as the password. */
  | { readonly kind: 'nt-hash'; readonly octets: Buffer }
  /** The password itself, UTF-8: for CHAP and MS-CHAPv2. */
  | { readonly kind: 'password'; readonly octets: Buffer };

/** What is kept of a password when it is set: `keep` of a `[[primary]]` of type "local". */
export type Keep = 'hash' | KeptPassword['kind'];

/** What a user's NT hash is sealed for: one moved to another user, or taken for a password, does not open. */
export function ntHashOwner(id: string): string {
  return `nt-hash:${id}`;
}

/** What a user's password is sealed for. */
export function passwordOwner(id: string): string {
  return `password:${id}`;
}

/** The columns of a user that hold it. @param id the user's */
export function sealKept(
  seal: Seal,
  id: string,
  kept: KeptPassword | null,
): { readonly sealed_nt_hash: Buffer | null; readonly sealed_password: Buffer | null } {
  return {
    sealed_nt_hash: kept?.kind === 'nt-hash' ? seal.close(kept.octets, ntHashOwner(id)) : null,
    sealed_password: kept?.kind === 'password' ? seal.close(kept.octets, passwordOwner(id)) : null,
  };
}

/** What a user's row holds, opened. @throws SealError as Seal.open */
export function openKept(seal: Seal, id: string, row: Row): KeptPassword | null {
  const password = octetsOrNull(row, 'sealed_password');
  if (password) return { kind: 'password', octets: seal.open(password, passwordOwner(id)) };
  const hash = octetsOrNull(row, 'sealed_nt_hash');
  return hash && { kind: 'nt-hash', octets: seal.open(hash, ntHashOwner(id)) };
}

/** The same without opening it. */
export function keptKind(row: Row): KeptPassword['kind'] | null {
  if (octetsOrNull(row, 'sealed_password')) return 'password';
  return octetsOrNull(row, 'sealed_nt_hash') && 'nt-hash';
}
