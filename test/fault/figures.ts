/** `npm run soak`: the fault suite at its full length, and times are judged; else it is short, and times are only printed. */
export const isSoak = process.env['RADGATE_SOAK'] === '1';

/** How much of something: in `npm test`, and in `npm run soak`. */
export function sized(short: number, long: number): number {
  return isSoak ? long : short;
}

/** Prints what was measured. */
export function figure(text: string): void {
  process.stdout.write(`      ${text}\n`);
}

/** The value that the share `q` of the samples does not exceed (nearest rank); NaN of none. */
export function quantile(samples: readonly number[], q: number): number {
  const sorted = samples.toSorted((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(q * sorted.length) - 1)] ?? Number.NaN;
}

/** `p50 0.8, p99 4.1, most 9.0 ms of 200`. */
export function latencies(samples: readonly number[]): string {
  const [p50, p99, most] = [0.5, 0.99, 1].map((q) => quantile(samples, q).toFixed(1));
  return `p50 ${p50}, p99 ${p99}, most ${most} ms of ${samples.length}`;
}
