import { timingSafeEqual } from 'node:crypto';
import { HmacKey } from '../hmac.ts';

export const algorithms = ['sha1', 'sha256', 'sha512'] as const;
export type Algorithm = (typeof algorithms)[number];

/** What a code is computed from. */
export interface OathKey {
  /** The shared key K, as octets. */
  readonly key: Buffer;
  readonly algorithm: Algorithm;
  /** 6 to 8. */
  readonly digits: number;
}

/** HOTP value: RFC 4226 §5.3, with the hashes that RFC 6238 §1.2 adds. @param counter a whole number below 2^53 */
export function hotp({ key, algorithm, digits }: OathKey, counter: number): string {
  return valueAt(new HmacKey(algorithm, key), digits, counter);
}

function valueAt(key: HmacKey, digits: number, counter: number): string {
  const movingFactor = Buffer.alloc(8);
  movingFactor.writeBigUInt64BE(BigInt(counter));
  const hash = key.digest(movingFactor);
  const offset = (hash.at(-1) ?? 0) & 0xf;
  const truncated = hash.readUInt32BE(offset) & 0x7fffffff;
  return String(truncated % 10 ** digits).padStart(digits, '0');
}

/** The time step T of RFC 6238 §4.2, with T0 = 0. @param now milliseconds since 1970 UTC @param period X, in seconds */
export function timeStep(now: number, period: number): number {
  return Math.floor(now / 1000 / period);
}

/**
 * The time steps around `step` whose code this is, the nearest first: RFC 6238 §5.2 and §6. Every step of the window is computed and compared in
 * constant time whatever matches.
 * @param window steps accepted before and after
 */
export function matchingSteps(
  { key, algorithm, digits }: OathKey,
  code: string,
  step: number,
  window: number,
): number[] {
  const typed = Buffer.from(code);
  const hmac = new HmacKey(algorithm, key);
  const steps: number[] = [];
  for (let distance = 0; distance <= window; distance++)
    for (const candidate of distance === 0 ? [step] : [step - distance, step + distance]) {
      if (candidate < 0) continue;
      const expected = Buffer.from(valueAt(hmac, digits, candidate));
      if (expected.length === typed.length && timingSafeEqual(expected, typed)) steps.push(candidate);
    }
  return steps;
}

/** The first of `count` counters from `from` whose code this is: RFC 4226 §7.2. All of them are computed and compared in constant time. */
export function matchingCounter(
  { key, algorithm, digits }: OathKey,
  code: string,
  from: number,
  count: number,
): number | undefined {
  const typed = Buffer.from(code);
  const hmac = new HmacKey(algorithm, key);
  let found: number | undefined;
  for (let counter = from; counter < from + count; counter++) {
    const expected = Buffer.from(valueAt(hmac, digits, counter));
    if (expected.length === typed.length && timingSafeEqual(expected, typed)) found ??= counter;
  }
  return found;
}
