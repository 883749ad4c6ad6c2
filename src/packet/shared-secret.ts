import { createHmac, createSecretKey, hash, type KeyObject } from 'node:crypto';
import { inspect } from 'node:util';

/** The secret that a RADIUS client and server share (RFC 2865 §3), with the two digests that are made with it. It never prints itself. */
export class SharedSecret {
  readonly #bytes: Buffer;
  // Node 24 takes six times as long for an HMAC whose key is a Buffer.
  readonly #key: KeyObject;

  /** @throws RangeError if the secret is empty, which RFC 2865 §3 forbids */
  constructor(bytes: Buffer) {
    if (bytes.length === 0) throw new RangeError('the shared secret is empty');
    this.#bytes = Buffer.from(bytes);
    this.#key = createSecretKey(bytes);
  }

  /** MD5(`before`, secret, `after`): 16 octets. */
  md5(before: Buffer, after: Buffer): Buffer {
    return hash('md5', Buffer.concat([before, this.#bytes, after]), 'buffer');
  }

  /** HMAC-MD5 keyed with the secret over the pieces in turn: 16 octets (RFC 2104). */
  hmacMd5(...pieces: readonly Buffer[]): Buffer {
    const hmac = createHmac('md5', this.#key);
    for (const piece of pieces) hmac.update(piece);
    return hmac.digest();
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
