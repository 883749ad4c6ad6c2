import { inspect } from 'node:util';

/** A secret from the config. It never prints itself: as JSON, text or in a log it is `[secret]`. */
export class Secret {
  // Private, so that neither a spread nor a structured clone carries it along.
  readonly #bytes: Buffer;
  readonly #changedAt: number | undefined;

  /**
   * @param value text is taken as UTF-8, octets as they are; at least one octet
   * @param changedAt when its file was last changed, in milliseconds since 1970 UTC; undefined if it has none
   * @throws RangeError if it is empty
   */
  constructor(value: string | Uint8Array, changedAt?: number) {
    this.#bytes = Buffer.from(value);
    this.#changedAt = changedAt;
    if (this.#bytes.length === 0) throw new RangeError('the secret is empty');
  }

  /** The octets themselves: for computing with, never for printing. */
  get bytes(): Buffer {
    return this.#bytes;
  }

  /** When its file was last changed, in milliseconds since 1970 UTC; undefined if it has no file of its own. */
  get changedAt(): number | undefined {
    return this.#changedAt;
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
