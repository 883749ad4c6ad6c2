import { randomFillSync } from 'node:crypto';

// One call of the generator costs 2 µs whatever it fills, so it fills enough for many.
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Octets from the operating system's generator, never given out twice. @param size 1 to 4096 octets */
export function randomOctets(size: number): Buffer {
  if (used + size > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const octets = Buffer.from(pool.subarray(used, used + size));
  pool.fill(0, used, used + size);
  used += size;
  return octets;
}
