import { createCipheriv, createDecipheriv, createHash, createHmac, createSecretKey, type KeyObject } from 'node:crypto';
import { randomOctets } from '../random.ts';

const version = 1;
const nonceSize = 12;
const tagSize = 16;
const keyIdSize = 8;
const headerSize = 1 + keyIdSize + nonceSize;

/**
 * Seals secrets for the store: AES-256-GCM (NIST SP 800-38D), 96-bit random nonces. A sealed value is version (1 octet), key id (8),
 * nonce (12), ciphertext, tag (16); what it belongs to is authenticated with it, so that a row's secret can't be moved to another row.
 * Random nonces bound a key to 2^32 sealings (§8.3): at 100 waiting logins a second, a year and a half.
 */
export class Seal {
  readonly #key: KeyObject;
  readonly #digestKey: KeyObject;
  readonly #keyId: Buffer;

  /** @param key 32 octets */
  constructor(key: Buffer) {
    this.#key = createSecretKey(key);
    // Of its own, derived from the key (NIST SP 800-108r1, HMAC as the function): one key, one use.
    this.#digestKey = createSecretKey(createHmac('sha256', key).update('radgate digest key\0').digest());
    this.#keyId = createHash('sha256').update('radgate key id\0').update(key).digest().subarray(0, keyIdSize);
  }

  /** Names the key without telling it: 16 hexadecimal digits. */
  get keyId(): string {
    return this.#keyId.toString('hex');
  }

  /** @param owner what the value belongs to, such as `token:` and its id */
  close(plain: Buffer, owner: string): Buffer {
    const header = Buffer.concat([Buffer.of(version), this.#keyId, randomOctets(nonceSize)]);
    const cipher = createCipheriv('aes-256-gcm', this.#key, header.subarray(-nonceSize), { authTagLength: tagSize });
    cipher.setAAD(Buffer.concat([header.subarray(0, -nonceSize), Buffer.from(owner)]));
    return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
  }

  /** A keyed digest, for comparing what must not be kept: HMAC-SHA-256, 32 octets. @param owner as for close */
  digest(plain: Buffer, owner: string): Buffer {
    return createHmac('sha256', this.#digestKey).update(`${owner.length} ${owner}`).update(plain).digest();
  }

  /** @throws SealError if the value was sealed under another key, for another owner, or was altered */
  open(sealed: Buffer, owner: string): Buffer {
    if (sealed.length < headerSize + tagSize || sealed[0] !== version) throw new SealError('not a sealed value');
    if (!sealed.subarray(1, 1 + keyIdSize).equals(this.#keyId)) throw new SealError('sealed under another key');
    const nonce = sealed.subarray(1 + keyIdSize, headerSize);
    const decipher = createDecipheriv('aes-256-gcm', this.#key, nonce, { authTagLength: tagSize });
    decipher.setAAD(Buffer.concat([sealed.subarray(0, 1 + keyIdSize), Buffer.from(owner)]));
    decipher.setAuthTag(sealed.subarray(-tagSize));
    try {
      return Buffer.concat([decipher.update(sealed.subarray(headerSize, -tagSize)), decipher.final()]);
    } catch (error) {
      throw new SealError('altered, or sealed for another row', { cause: error });
    }
  }
}

export class SealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`sealed value: ${message}`, options);
    this.name = 'SealError';
  }
}
