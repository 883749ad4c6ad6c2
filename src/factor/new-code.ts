/** How many random octets a code is made of: what is left over by 10^8 in 2^64 favours no code by more than 1 in 10^11. */
export const codeRandom = 8;

/** A code of 6 to 8 digits. @param random `codeRandom` octets of a CSPRNG */
export function newCode(random: Buffer, digits: number): string {
  const number = random.readBigUInt64BE() % 10n ** BigInt(digits);
  return number.toString().padStart(digits, '0');
}
