import { createCipheriv, createECDH, hkdfSync } from 'node:crypto';

/** What a browser made for one subscription (RFC 8291 section 2). */
export interface PushKeys {
  /** `p256dh`: the browser's public key, an uncompressed point of P-256 in 65 octets. */
  readonly publicKey: Buffer;
  /** `auth`: 16 octets that the browser and radgate share. */
  readonly authSecret: Buffer;
}

/** What one message takes of chance: used for it and for no other. */
export interface PushRandom {
  /** A private key of P-256, 32 octets. */
  readonly privateKey: Buffer;
  /** 16 octets. */
  readonly salt: Buffer;
}

/** The size of a record, as it is written in the header: a message is one record (RFC 8291 section 4). */
const recordSize = 4096;

/** The most octets of a message: what is left of 4096 after the header, the delimiter and the tag (RFC 8291 section 4). */
export const maxPushOctets = 3993;

const lastRecord = Buffer.from([2]);

/**
 * A message to one browser, encrypted as `Content-Encoding: aes128gcm` (RFC 8291 section 3, RFC 8188 section 2).
 * @throws RangeError for keys of a wrong size or a message of more than `maxPushOctets`; the error of node:crypto for a point that isn't on the curve
 */
export function encryptPush(message: Buffer, to: PushKeys, random: PushRandom): Buffer {
  if (message.length > maxPushOctets) throw new RangeError('push message too long');
  if (to.publicKey.length !== 65 || to.publicKey[0] !== 4) throw new RangeError('p256dh is not an uncompressed point');
  if (to.authSecret.length !== 16) throw new RangeError('auth is not 16 octets');
  if (random.salt.length !== 16) throw new RangeError('salt is not 16 octets');
  const ecdh = createECDH('prime256v1');
  ecdh.setPrivateKey(random.privateKey);
  const ours = ecdh.getPublicKey();
  const info = Buffer.concat([Buffer.from('WebPush: info\0'), to.publicKey, ours]);
  const input = derive(ecdh.computeSecret(to.publicKey), to.authSecret, info, 32);
  const key = derive(input, random.salt, Buffer.from('Content-Encoding: aes128gcm\0'), 16);
  const nonce = derive(input, random.salt, Buffer.from('Content-Encoding: nonce\0'), 12);
  const cipher = createCipheriv('aes-128-gcm', key, nonce);
  const sealed = [cipher.update(message), cipher.update(lastRecord), cipher.final(), cipher.getAuthTag()];
  const sizes = Buffer.alloc(5);
  sizes.writeUInt32BE(recordSize);
  sizes.writeUInt8(ours.length, 4);
  return Buffer.concat([random.salt, sizes, ours, ...sealed]);
}

function derive(input: Buffer, salt: Buffer, info: Buffer, octets: number): Buffer {
  return Buffer.from(hkdfSync('sha256', input, salt, info, octets));
}
