import { inspect } from 'node:util';

/** A secret from the config. It never prints itself: as JSON, text or in a log it is `[secret]`. */
export class Secret {
  // Private, so that neither a spread nor a structured clone carries it along.
  readonly #bytes: Buffer;

  /** @param value text is taken as UTF-8, octets as they are; at least one octet @throws RangeError if it is empty */
  constructor(value: string | Uint8Array) {
    this.#bytes = Buffer.from(value);
    if (this.#bytes.length === 0) throw new RangeError('the secret is empty');
  }

  /** The octets themselves: for computing with, never for printing. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  toString(): string {
    return '[secret]';
  }

  toJSON(): string {
    return '[secret]';
  }

  [inspect.custom](): string {
    return '[secret]';
  }
}
