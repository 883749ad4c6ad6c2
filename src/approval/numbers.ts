/** How many random octets three numbers are made of. */
export const numbersRandom = 16;

/** The number that a prompt shows, and the three from which it is picked on the page, in no order. */
export interface Numbers {
  readonly number: number;
  readonly numbers: readonly [number, number, number];
}

/** Three different numbers of two digits, 10 to 99. @param random `numbersRandom` octets of a CSPRNG */
export function threeNumbers(random: Buffer): Numbers {
  const pool = Array.from({ length: 90 }, (_, index) => index + 10);
  const pick = (offset: number, from: number[]): number =>
    from.splice(random.readUInt32BE(offset) % from.length, 1)[0] ?? 10;
  const first = pick(0, pool);
  const second = pick(4, pool);
  const third = pick(8, pool);
  const numbers = [first, second, third] as const;
  return { number: numbers[random.readUInt32BE(12) % 3] ?? first, numbers };
}
