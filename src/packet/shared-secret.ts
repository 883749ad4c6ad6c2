import { hash } from 'node:crypto';
import { inspect } from 'node:util';
import { HmacKey } from '../hmac.ts';

/** The secret that a RADIUS client and server share (RFC 2865 §3), with the two digests that are made with it. It never prints itself. */
export class SharedSecret {
  readonly #bytes: Buffer;
  readonly #key: HmacKey;

  /** @throws RangeError if the secret is empty, which RFC 2865 §3 forbids */
  constructor(bytes: Buffer) {
    if (bytes.length === 0) throw new RangeError('the shared secret is empty');
    this.#bytes = Buffer.from(bytes);
    this.#key = new HmacKey('md5', bytes);
  }

  /** MD5(`before`, secret, `after`): 16 octets. */
  md5(before: Buffer, after: Buffer): Buffer {
    return Buffer.from(hash('md5', Buffer.concat([before, this.#bytes, after]), 'binary'), 'binary');
  }

  /** HMAC-MD5 keyed with the secret over the pieces in turn: 16 octets. */
  hmacMd5(...pieces: readonly Buffer[]): Buffer {
    return this.#key.digest(...pieces);
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
