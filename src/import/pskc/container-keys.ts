import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Algorithm } from '../../factor/oath.ts';
import { fromBase64 } from '../base64.ts';
import { quoted } from '../plain-text.ts';
import { FileRefused, RowRefused } from '../refusals.ts';
import { attribute, child, childText, type XmlElement } from '../xml/xml-element.ts';
import { type Cipher, cipherOf, hashOfMac } from './algorithms.ts';
import { contentKey } from './content-key.ts';
import { decryptCbc } from './decrypt-cbc.ts';
import type { PskcOptions } from './pskc-options.ts';

/** A child of the container, and its line. */
interface Placed {
  readonly element: XmlElement;
  readonly line: number;
}

interface MacKey {
  readonly hash: Algorithm;
  readonly key: Buffer;
}

/** Opens the encrypted values of one container: RFC 6030 §6. What it says of its keys is looked at when the first value needs it. */
export class ContainerKeys {
  readonly #options: PskcOptions;
  #encryptionKey: Placed | undefined;
  #macMethod: Placed | undefined;
  #contentKey: Promise<Buffer> | undefined;
  #macKey: Promise<MacKey> | undefined;

  constructor(options: PskcOptions) {
    this.#options = options;
  }

  /** @param element the container's EncryptionKey */
  setEncryptionKey(element: XmlElement, line: number): void {
    this.#encryptionKey = { element, line };
  }

  /** @param element the container's MACMethod, or the MACAlgorithm of the drafts */
  setMacMethod(element: XmlElement, line: number): void {
    this.#macMethod = { element, line };
  }

  /**
   * Decrypts a value, once its MAC has been found right (RFC 6030 §6.1.1: over the initialisation vector and the ciphertext).
   * @param encrypted an EncryptedValue
   * @param valueMac its ValueMAC, as base64
   * @param line of the package
   * @throws RowRefused if this value can't be opened; FileRefused if none of the file can
   */
  async open(encrypted: XmlElement, valueMac: string | undefined, line: number): Promise<Buffer> {
    this.#contentKey ??= contentKey(this.#encryptionKey?.element, this.#encryptionKey?.line ?? line, this.#options);
    const key = await this.#contentKey;
    // First what concerns all values: the file is then refused once, not each of its tokens.
    this.#macKey ??= this.#findMacKey(key, line);
    const macKey = await this.#macKey;
    const { cipher, octets } = encryptedData(encrypted, key);
    checkMac(macKey, octets, valueMac);
    const value = decryptCbc(cipher, key, octets);
    if (!value)
      throw new RowRefused('The encrypted value does not end in a padding: whoever made the file made it wrong.');
    return value;
  }

  async #findMacKey(content: Buffer, valueLine: number): Promise<MacKey> {
    const { element, line = valueLine } = this.#macMethod ?? {};
    if (!element)
      throw new FileRefused(
        line,
        'Encrypted values without a MACMethod: nothing would tell an altered file from a good one.',
      );
    const uri = element.name === 'MACAlgorithm' ? element.text : (attribute(element, 'algorithm') ?? '');
    const hash = hashOfMac(uri);
    if (!hash) throw new FileRefused(line, `The MAC ${quoted(uri)} is not read: HMAC-SHA1, SHA256 and SHA512 are.`);
    if (child(element, 'MACKeyReference'))
      throw new FileRefused(line, 'The MAC key is not in the file (MACKeyReference): ask for a file with a MACKey.');
    const macKey = child(element, 'MACKey');
    // Without one, the drafts and older files take the key of the values.
    return { hash, key: macKey ? openMacKey(macKey, content, line) : content };
  }
}

/** The MAC key itself has no MAC: a wrong content key shows by its padding, or by the MAC of the first value. */
function openMacKey(macKey: XmlElement, content: Buffer, line: number): Buffer {
  try {
    const { cipher, octets } = encryptedData(macKey, content);
    const key = decryptCbc(cipher, content, octets);
    if (key && key.length > 0) return key;
  } catch (error) {
    throw error instanceof RowRefused ? new FileRefused(line, `The MAC key can't be read. ${error.message}`) : error;
  }
  throw new FileRefused(
    line,
    'The MAC key does not open: the pre-shared key or password is not the one of this file, or the file is damaged.',
  );
}

/** The cipher and the octets of an xenc:EncryptedDataType. */
function encryptedData(encrypted: XmlElement, key: Buffer): { readonly cipher: Cipher; readonly octets: Buffer } {
  const method = child(encrypted, 'EncryptionMethod');
  // The drafts wrap it in PBES2.
  const uri = attribute(child(method, 'EncryptionScheme'), 'algorithm') ?? attribute(method, 'algorithm') ?? '';
  const cipher = cipherOf(uri);
  if (!cipher) throw new RowRefused(`The encryption ${quoted(uri)} is not read: AES-CBC with 128, 192 or 256 bits is.`);
  if (key.length !== cipher.keySize)
    throw new RowRefused(
      `The encryption ${quoted(uri)} takes a key of ${cipher.keySize} octets, not of ${key.length}.`,
    );
  const octets = fromBase64(childText(child(encrypted, 'CipherData'), 'CipherValue') ?? '');
  if (!octets || octets.length === 0) throw new RowRefused('The encrypted value is missing or is not base64.');
  return { cipher, octets };
}

function checkMac({ hash, key }: MacKey, octets: Buffer, valueMac: string | undefined): void {
  if (valueMac === undefined)
    throw new RowRefused('The encrypted value has no ValueMAC, so nothing shows that it is unaltered.');
  const given = fromBase64(valueMac);
  const right = createHmac(hash, key).update(octets).digest();
  if (given?.length !== right.length || !timingSafeEqual(given, right))
    throw new RowRefused(
      'The MAC of the encrypted value is wrong: the pre-shared key or password is not the one of this file, or the file was altered or damaged.',
    );
}
