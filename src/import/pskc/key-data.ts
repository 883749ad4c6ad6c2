import { fromBase64 } from '../base64.ts';
import { RowRefused } from '../refusals.ts';
import { attribute, child, children, childText, type XmlElement } from '../xml/xml-element.ts';
import type { ContainerKeys } from './container-keys.ts';

/** What a Key's Data holds: RFC 6030 §4.3.4. */
export type DataName = 'Secret' | 'Counter' | 'Time' | 'TimeInterval' | 'TimeDrift';

/** The Data of one Key, in the RFC's form (`Data/Secret/PlainValue`) or that of the drafts (`Data[@Name="SECRET"]/Value`). */
export class KeyData {
  readonly #key: XmlElement;
  readonly #keys: ContainerKeys;
  readonly #line: number;

  /** @param line of the package */
  constructor(key: XmlElement, keys: ContainerKeys, line: number) {
    this.#key = key;
    this.#keys = keys;
    this.#line = line;
  }

  /**
   * Octets, decrypted if need be.
   * @returns undefined if there is no such datum
   * @throws RowRefused if it can't be read; FileRefused if none of the file can
   */
  async octets(name: DataName): Promise<Buffer | undefined> {
    const datum = this.#find(name);
    if (!datum) return undefined;
    const encrypted = child(datum, 'EncryptedValue');
    if (encrypted) return this.#open(datum, encrypted);
    const octets = fromBase64(plainValue(datum, name));
    if (!octets) throw new RowRefused(`The ${name} is not base64.`);
    return octets;
  }

  /**
   * A whole number: in decimal, or (encrypted, or in the drafts) as octets in network order or as decimal digits.
   * @returns undefined if there is no such datum
   * @throws RowRefused if it can't be read or is not within its bounds; FileRefused if none of the file can
   */
  async integer(name: DataName, least: number, most: number): Promise<number | undefined> {
    const datum = this.#find(name);
    if (!datum) return undefined;
    const encrypted = child(datum, 'EncryptedValue');
    const plain = encrypted ? undefined : plainValue(datum, name);
    const value =
      plain !== undefined && /^[+-]?[0-9]+$/.test(plain)
        ? Number(plain)
        : integerOf(encrypted ? await this.#open(datum, encrypted) : fromBase64(plain ?? ''));
    if (value === undefined || value < least || value > most)
      throw new RowRefused(`The ${name} is not a whole number from ${least} to ${most}.`);
    return value;
  }

  #find(name: DataName): XmlElement | undefined {
    const data = children(this.#key, 'Data');
    const named = data.filter(
      (one) => attribute(one, 'name')?.replaceAll('_', '').toLowerCase() === name.toLowerCase(),
    );
    const found = [...data.flatMap((one) => children(one, name)), ...named];
    if (found.length > 1) throw new RowRefused(`The key has more than one ${name}.`);
    return found[0];
  }

  #open(datum: XmlElement, encrypted: XmlElement): Promise<Buffer> {
    // Some put the MAC within what it is for.
    return this.#keys.open(encrypted, childText(datum, 'ValueMAC') ?? childText(encrypted, 'ValueMAC'), this.#line);
  }
}

function plainValue(datum: XmlElement, name: DataName): string {
  const value = childText(datum, 'PlainValue', 'Value');
  if (value === undefined) throw new RowRefused(`The ${name} has no value.`);
  return value;
}

/** RFC 6030 §4.2 has numbers as 4 or 8 octets in network order; other sizes come as decimal digits. */
function integerOf(octets: Buffer | undefined): number | undefined {
  if (octets?.length === 4) return octets.readInt32BE();
  if (octets?.length === 8) return Number(octets.readBigInt64BE());
  const digits = octets?.toString('latin1') ?? '';
  return /^[0-9]{1,16}$/.test(digits) ? Number(digits) : undefined;
}
