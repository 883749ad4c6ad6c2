/** Numbers that look random and are the same for the same seed (Marsaglia's xorshift32): a failure can be repeated. */
export class SeededRandom {
  #state: number;

  /** @param seed any integer but 0 */
  constructor(seed: number) {
    this.#state = seed | 0 || 1;
  }

  /** 0 to `below` - 1. */
  integer(below: number): number {
    this.#state ^= this.#state << 13;
    this.#state ^= this.#state >>> 17;
    this.#state ^= this.#state << 5;
    return (this.#state >>> 0) % below;
  }

  octets(size: number): Buffer {
    return Buffer.from(Array.from({ length: size }, () => this.integer(256)));
  }

  pick<T>(list: readonly T[]): T {
    const picked = list[this.integer(list.length)];
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked;
  }
}
