import { hashOfName } from '../hash-of-name.ts';
import { checkKeySize } from '../key-size.ts';
import { finishToken } from '../finish-token.ts';
import { plainText, quoted } from '../plain-text.ts';
import { RowRefused } from '../refusals.ts';
import type { Place, TokenRow } from '../token-row.ts';
import { wholeNumber } from '../whole-number.ts';
import { attribute, child, childText, type XmlElement } from '../xml/xml-element.ts';
import { keyPurpose } from './algorithms.ts';
import type { ContainerKeys } from './container-keys.ts';
import { KeyData } from './key-data.ts';
import { policyNotes, validity } from './key-policy.ts';
import { userOfDn } from './user-of-dn.ts';

/** Where a Key stands. */
export interface KeyContext {
  readonly place: Place;
  /** The package's DeviceInfo. */
  readonly device: XmlElement | undefined;
  readonly keys: ContainerKeys;
}

/** Steps: a drift beyond is no drift. */
const mostDrift = 100_000;

/**
 * The token that a Key (RFC 6030 §4.3) is.
 * @returns undefined if it is a PIN (§10.2)
 * @throws RowRefused if it can't be imported; FileRefused if none of the file can
 */
export async function readKey(key: XmlElement, { place, device, keys }: KeyContext): Promise<TokenRow | undefined> {
  const type = purpose(key);
  if (type === 'pin') return undefined;
  const data = new KeyData(key, keys, place.line);
  const secret = await data.octets('Secret');
  if (!secret) throw noSecret(key);
  const notes = [...policyNotes(key)];
  const keyId = plainText(attribute(key, 'id', 'keyid', 'secretid'), "key's Id");
  const serial = serialOf(device, keyId, notes);
  const user = userOf(device, key, notes);
  const algorithm = algorithmOf(key);
  const digits = digitsOf(key, notes);
  const valid = validity(device, child(key, 'Policy'), key);
  return finishToken({
    place,
    type,
    serial,
    keyId,
    user,
    key: secret,
    algorithm,
    digits,
    period: type === 'totp' ? await periodOf(data, notes) : 0,
    drift: (type === 'totp' ? await data.integer('TimeDrift', -mostDrift, mostDrift) : undefined) ?? 0,
    counter: (type === 'hotp' ? await data.integer('Counter', 0, Number.MAX_SAFE_INTEGER) : undefined) ?? 0,
    manufacturer: plainText(childText(device, 'Manufacturer'), 'manufacturer'),
    model: plainText(childText(device, 'Model'), 'model'),
    validFrom: valid.from,
    validUntil: valid.until,
    // What is burnt into a device can't be made longer, so any size is taken, and noted.
    notes: [...checkKeySize(secret, 1), ...notes],
  });
}

function purpose(key: XmlElement): 'hotp' | 'totp' | 'pin' {
  const uri = attribute(key, 'algorithm', 'keyalgorithm', 'secretalgorithm');
  if (uri === undefined) throw new RowRefused('The key has no Algorithm, which would say whether it is HOTP or TOTP.');
  const found = keyPurpose(uri);
  if (!found)
    throw new RowRefused(`The algorithm ${quoted(uri)} is not one that radgate can check: HOTP and TOTP are.`);
  return found;
}

function noSecret(key: XmlElement): RowRefused {
  return new RowRefused(
    child(key, 'KeyReference')
      ? 'There is no key in it, but a reference to one that is derived elsewhere (KeyReference): ask for a file with the keys.'
      : 'There is no key in it (Data/Secret).',
  );
}

function serialOf(device: XmlElement | undefined, keyId: string | null, notes: string[]): string | null {
  const serial = plainText(childText(device, 'SerialNo'), 'serial number');
  if (serial !== null) return serial;
  if (keyId !== null) notes.push("There is no SerialNo: the key's Id stands for it.");
  return keyId;
}

/** The key's user goes before the device's, who may be its owner. */
function userOf(device: XmlElement | undefined, key: XmlElement, notes: string[]): string | null {
  const userId = plainText(childText(key, 'UserId') ?? childText(device, 'UserId'), 'user');
  if (userId === null) return null;
  const user = userOfDn(userId);
  if (user === undefined) notes.push(`The UserId ${quoted(userId)} names no UID: assign the token by hand.`);
  return plainText(user, 'user');
}

function algorithmOf(key: XmlElement): TokenRow['algorithm'] {
  const suite = childText(child(key, 'AlgorithmParameters'), 'Suite') ?? '';
  if (suite === '') return 'sha1';
  const hash = hashOfName(suite);
  if (!hash)
    throw new RowRefused(`The Suite ${quoted(suite)} is not read: HMAC-SHA1, HMAC-SHA256 and HMAC-SHA512 are.`);
  return hash;
}

function digitsOf(key: XmlElement, notes: string[]): number {
  const format = child(child(key, 'AlgorithmParameters', 'Usage'), 'ResponseFormat');
  const encoding = attribute(format, 'encoding', 'format') ?? 'DECIMAL';
  if (encoding.toUpperCase() !== 'DECIMAL')
    throw new RowRefused(`Codes in ${quoted(encoding)} are not checked: only those in DECIMAL are.`);
  if (['true', '1'].includes(attribute(format, 'checkdigits', 'checkdigit') ?? 'false'))
    throw new RowRefused('Codes with a check digit (CheckDigits) are not checked.');
  const length = attribute(format, 'length');
  if (length === undefined) {
    notes.push('The length of its codes (ResponseFormat) is not given: 6 digits are assumed.');
    return 6;
  }
  const digits = wholeNumber(length, 6, 8);
  if (digits === undefined)
    throw new RowRefused(`Codes of ${quoted(length)} digits are not checked: those of 6 to 8 are.`);
  return digits;
}

async function periodOf(data: KeyData, notes: string[]): Promise<number> {
  const start = await data.integer('Time', 0, Number.MAX_SAFE_INTEGER);
  if (start !== undefined && start !== 0)
    notes.push(`Its Time of ${start} is not used: its codes are taken to count from 1970, as RFC 6238 has it.`);
  const period = await data.integer('TimeInterval', 10, 300);
  if (period === undefined) notes.push('Its TimeInterval is not given: 30 seconds are assumed.');
  return period ?? 30;
}
