import type { TokenSummary } from '../../store/tokens.ts';

/** How far a token's clock is off, as its codes showed: "90 s ahead (3 steps)". */
export function driftSeen({ drift, period, lastStep }: TokenSummary): string {
  if (drift === 0) return lastStep === -1 ? 'not known before its first code' : 'none: its clock is right';
  const steps = Math.abs(drift);
  return `${steps * period} s ${drift > 0 ? 'ahead' : 'behind'} (${steps} step${steps === 1 ? '' : 's'})`;
}
