import { pbkdf2 } from 'node:crypto';
import { promisify } from 'node:util';
import type { Algorithm } from '../../factor/oath.ts';
import { fromBase64 } from '../base64.ts';
import { optionNames } from '../option-names.ts';
import { quoted } from '../plain-text.ts';
import { FileRefused } from '../refusals.ts';
import { wholeNumber } from '../whole-number.ts';
import { attribute, child, childText, type XmlElement } from '../xml/xml-element.ts';
import { hashOfMac, isPbkdf2 } from './algorithms.ts';
import type { PskcOptions } from './pskc-options.ts';

/** The most rounds of PBKDF2: some 5 s of work. */
const mostRounds = 10_000_000;
/** The longest salt, in octets. */
const longestSalt = 1024;
const keySizes = [16, 24, 32];

const derive = promisify(pbkdf2);

/**
 * The key with which a container's values are encrypted: the pre-shared one (RFC 6030 §6.1), or one derived from a password (§6.2).
 * @param encryptionKey the container's EncryptionKey, if it has one
 * @param line where that is, or what needs it
 * @throws FileRefused if it takes another kind of key, or the key or password was not given
 */
export async function contentKey(
  encryptionKey: XmlElement | undefined,
  line: number,
  { presharedKey, password }: PskcOptions,
): Promise<Buffer> {
  const derivedKey = child(encryptionKey, 'DerivedKey');
  if (child(encryptionKey, 'X509Data', 'KeyValue', 'EncryptedKey'))
    throw new FileRefused(
      line,
      'Encrypted for the private key of a certificate, which radgate does not have: ask for a file that is encrypted with a pre-shared key or a password.',
    );
  if (!derivedKey) {
    if (presharedKey) return presharedKey;
    const name = childText(encryptionKey, 'KeyName');
    const which = name ? ` named ${quoted(name)}` : '';
    throw new FileRefused(line, `Encrypted with a pre-shared key${which}: give it with ${optionNames.presharedKey}.`);
  }
  if (!password) throw new FileRefused(line, `Encrypted with a password: give it with ${optionNames.password}.`);
  const { salt, rounds, size, hash } = derivation(derivedKey, line);
  return derive(password, salt, rounds, size, hash);
}

interface Derivation {
  readonly salt: Buffer;
  readonly rounds: number;
  /** Octets of the key. */
  readonly size: number;
  readonly hash: Algorithm;
}

/** The parameters of PBKDF2 within a DerivedKey. */
function derivation(derivedKey: XmlElement, line: number): Derivation {
  const method = child(derivedKey, 'KeyDerivationMethod');
  const uri = attribute(method, 'algorithm') ?? '';
  if (!isPbkdf2(uri)) throw new FileRefused(line, `The key derivation ${quoted(uri)} is not read: PBKDF2 is.`);
  const parameters = child(method, 'PBKDF2-params');
  const salt = fromBase64(childText(child(parameters, 'Salt'), 'Specified') ?? '');
  if (!salt || salt.length === 0 || salt.length > longestSalt)
    throw new FileRefused(line, `The salt of PBKDF2 is missing or is not base64 of 1 to ${longestSalt} octets.`);
  const rounds = wholeNumber(childText(parameters, 'IterationCount') ?? '', 1, mostRounds);
  if (rounds === undefined)
    throw new FileRefused(line, `The iteration count of PBKDF2 is not from 1 to ${mostRounds}.`);
  const size = wholeNumber(childText(parameters, 'KeyLength') ?? '16', 1, 32);
  if (size === undefined || !keySizes.includes(size))
    throw new FileRefused(line, `The key length of PBKDF2 is not one of ${keySizes.join(', ')} octets.`);
  const prf = attribute(child(parameters, 'PRF'), 'algorithm');
  const hash = prf === undefined ? 'sha1' : hashOfMac(prf);
  if (!hash)
    throw new FileRefused(
      line,
      `The PRF ${quoted(prf ?? '')} of PBKDF2 is not read: HMAC-SHA1, SHA256 and SHA512 are.`,
    );
  return { salt, rounds, size, hash };
}
