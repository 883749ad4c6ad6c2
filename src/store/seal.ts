import { createCipheriv, createDecipheriv, createHash, createSecretKey, type KeyObject } from 'node:crypto';
import { HmacKey } from '../hmac.ts';
import { randomOctets } from '../random.ts';

const version = 1;
const nonceSize = 12;
const tagSize = 16;
const keyIdSize = 8;
const headerSize = 1 + keyIdSize + nonceSize;

/** A sealing key and the name by which sealed values refer to it. */
export interface SealKey {
  readonly key: KeyObject;
  /** 8 octets of a digest of the key. */
  readonly id: Buffer;
}

/** @param octets 32 octets */
export function sealKey(octets: Buffer): SealKey {
  const id = createHash('sha256').update('radgate key id\0').update(octets).digest().subarray(0, keyIdSize);
  return { key: createSecretKey(octets), id };
}

export interface SealOptions {
  /** The key to write with. */
  readonly key: SealKey;
  /** Looks for another key to read with: the one before, or the one after, a change of keys. */
  readonly other: (id: Buffer) => SealKey | undefined;
  /** 32 octets, for keyed digests: kept sealed in the store, since a digest can't be made anew when the key changes. */
  readonly digestKey: Buffer;
}

/**
 * Seals secrets for the store: AES-256-GCM (NIST SP 800-38D), 96-bit random nonces. A sealed value is version (1 octet), key id (8),
 * nonce (12), ciphertext, tag (16); what it belongs to is authenticated with it, so that a row's secret can't be moved to another row.
 * Random nonces bound a key to 2^32 sealings (§8.3): at 100 waiting logins a second, a year and a half.
 */
export class Seal {
  readonly #options: SealOptions;
  readonly #digestKey: HmacKey;

  constructor(options: SealOptions) {
    this.#options = options;
    this.#digestKey = new HmacKey('sha256', options.digestKey);
  }

  /** Of the key to write with: 8 octets. */
  get keyId(): Buffer {
    return this.#options.key.id;
  }

  /** @param owner what the value belongs to, such as `token:` and its id */
  close(plain: Buffer, owner: string): Buffer {
    return closeWith(this.#options.key, plain, owner);
  }

  /** @throws SealError if the value was sealed under an unknown key, for another owner, or was altered */
  open(sealed: Buffer, owner: string): Buffer {
    const { key, other } = this.#options;
    const id = keyIdOf(sealed);
    const right = id.equals(key.id) ? key : other(id);
    if (!right) throw new SealError(`sealed under the key ${id.toString('hex')}, which is not in the key file`);
    return openWith(right, sealed, owner);
  }

  /** A keyed digest, for comparing what must not be kept: HMAC-SHA-256, 32 octets. @param owner as for close */
  digest(plain: Buffer, owner: string): Buffer {
    return this.#digestKey.digest(Buffer.from(`${owner.length} ${owner}`), plain);
  }
}

/** The id of the key that a value was sealed with. @throws SealError if it isn't a sealed value */
export function keyIdOf(sealed: Buffer): Buffer {
  if (sealed.length < headerSize + tagSize || sealed[0] !== version) throw new SealError('not a sealed value');
  return sealed.subarray(1, 1 + keyIdSize);
}

export function closeWith({ key, id }: SealKey, plain: Buffer, owner: string): Buffer {
  const header = Buffer.concat([Buffer.of(version), id, randomOctets(nonceSize)]);
  const cipher = createCipheriv('aes-256-gcm', key, header.subarray(-nonceSize), { authTagLength: tagSize });
  cipher.setAAD(Buffer.concat([header.subarray(0, -nonceSize), Buffer.from(owner)]));
  return Buffer.concat([header, cipher.update(plain), cipher.final(), cipher.getAuthTag()]);
}

/** @throws SealError if the value was sealed under another key, for another owner, or was altered */
export function openWith({ key, id }: SealKey, sealed: Buffer, owner: string): Buffer {
  if (!keyIdOf(sealed).equals(id)) throw new SealError('sealed under another key');
  const nonce = sealed.subarray(1 + keyIdSize, headerSize);
  const decipher = createDecipheriv('aes-256-gcm', key, nonce, { authTagLength: tagSize });
  decipher.setAAD(Buffer.concat([sealed.subarray(0, 1 + keyIdSize), Buffer.from(owner)]));
  decipher.setAuthTag(sealed.subarray(-tagSize));
  try {
    return Buffer.concat([decipher.update(sealed.subarray(headerSize, -tagSize)), decipher.final()]);
  } catch (error) {
    throw new SealError('altered, or sealed for another row', { cause: error });
  }
}

export class SealError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(`sealed value: ${message}`, options);
    this.name = 'SealError';
  }
}
