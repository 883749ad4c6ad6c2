import type { Algorithm } from '../../factor/oath.ts';
import { hashOfName } from '../hash-of-name.ts';

/** The last word of a URI: that is what the drafts of PSKC, the RFC and the vendors agree on. */
function lastWord(uri: string): string {
  return uri.trim().toLowerCase().split(/[:#/]/).at(-1) ?? '';
}

/** What a key is for, from `urn:ietf:params:xml:ns:keyprov:pskc:hotp` (RFC 6030 §10), `...pskc#totp`, `HOTP` (drafts) and so on. */
export function keyPurpose(uri: string): 'hotp' | 'totp' | 'pin' | undefined {
  const word = lastWord(uri);
  return word === 'hotp' || word === 'totp' || word === 'pin' ? word : undefined;
}

/** The hash of a MAC's URI: `http://www.w3.org/2000/09/xmldsig#hmac-sha1` (RFC 6030 §6.1.1), and those of RFC 6931 §2.2. */
export function hashOfMac(uri: string): Algorithm | undefined {
  const word = lastWord(uri);
  return word.startsWith('hmac-') ? hashOfName(word) : undefined;
}

/** A cipher of XML encryption in CBC mode (XML Encryption §5.2), by the name that node:crypto has for it. */
export interface Cipher {
  readonly name: 'aes-128-cbc' | 'aes-192-cbc' | 'aes-256-cbc';
  /** Octets of its key. */
  readonly keySize: number;
}

/** The cipher of `http://www.w3.org/2001/04/xmlenc#aes128-cbc` and its two longer kin: RFC 6030 §6.1. */
export function cipherOf(uri: string): Cipher | undefined {
  return ciphers.get(lastWord(uri));
}

const ciphers = new Map<string, Cipher>([
  ['aes128-cbc', { name: 'aes-128-cbc', keySize: 16 }],
  ['aes192-cbc', { name: 'aes-192-cbc', keySize: 24 }],
  ['aes256-cbc', { name: 'aes-256-cbc', keySize: 32 }],
]);

/** Whether a key derivation is PBKDF2: RFC 6030 §6.2, by the URI of PKCS #5 or that of XML Encryption 1.1. */
export function isPbkdf2(uri: string): boolean {
  return lastWord(uri) === 'pbkdf2';
}
