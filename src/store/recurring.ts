/**
 * Finds out which of very many texts come more than once, at eight octets for each: whoever compares them all then need keep only those few.
 * That a text which comes once is taken for one that recurs is as good as impossible by chance; the other way round it is impossible.
 */
export class Recurring {
  #hashes = new Float64Array(1024);
  #count = 0;

  add(text: string): void {
    if (this.#count === this.#hashes.length) {
      const larger = new Float64Array(2 * this.#count);
      larger.set(this.#hashes);
      this.#hashes = larger;
    }
    this.#hashes[this.#count++] = hashOf(text);
  }

  /** Tells of a text whether it was added more than once; undefined if none was. */
  found(): ((text: string) => boolean) | undefined {
    const sorted = this.#hashes.subarray(0, this.#count).sort();
    const twice = new Set<number>();
    for (let at = 1; at < sorted.length; at++) {
      const hash = sorted[at];
      if (hash !== undefined && hash === sorted[at - 1]) twice.add(hash);
    }
    return twice.size === 0 ? undefined : (text) => twice.has(hashOf(text));
  }
}

/** 53 bits: those of FNV-1a over the UTF-16 code units from two beginnings. */
function hashOf(text: string): number {
  return fnv(text, 0x81_1c_9d_c5) * 2 ** 21 + (fnv(text, 0x01_23_45_67) >>> 11);
}

function fnv(text: string, start: number): number {
  let hash = start;
  for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01_00_01_93);
  return hash >>> 0;
}
