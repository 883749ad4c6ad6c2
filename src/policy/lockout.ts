import { goesOn } from './goes-on.ts';

/** When guessing ends. */
export interface LockoutRules {
  /** Wrong answers in a row that lock until an administrator unlocks. */
  readonly failures: number;
  /** Wrong answers in a row from which each one more pauses; 0 for never. */
  readonly pauseAfter: number;
  /** How long a pause is, in milliseconds. */
  readonly pause: number;
  /** The same wrong answer from the same client within so many milliseconds is a retry of the device, not a guess. */
  readonly repeatWindow: number;
}

/** NIST SP 800-63B-4 §3.2.2: no more than 100 consecutive failures, whatever is configured. */
const mostFailures = 100;

/** What is known of a user's wrong answers. */
export interface LockRecord {
  readonly failures: number;
  /** Milliseconds since 1970 UTC, as `lastAt`. */
  readonly pausedUntil: number | null;
  readonly lastAt: number | null;
}

export type LockState = 'open' | 'paused' | 'locked';

export type Admission =
  /** It may be compared; this many failures are counted with it. */
  | { readonly kind: 'counted'; readonly failures: number }
  /** Known to be wrong: neither compared nor counted again. */
  | { readonly kind: 'repeat' }
  | { readonly kind: 'paused' }
  | { readonly kind: 'locked' };

export function lockState(
  { failures, pausedUntil }: Omit<LockRecord, 'lastAt'>,
  rules: LockoutRules,
  now: number,
): LockState {
  if (failures >= limit(rules)) return 'locked';
  return pausedUntil !== null && goesOn(pausedUntil, rules.pause, now) ? 'paused' : 'open';
}

/**
 * Whether an answer may be compared. It is counted first, so that what is compared never exceeds the limit.
 * @param isLast whether it is the answer that was wrong last, from the same client
 */
export function admit(record: LockRecord, isLast: boolean, rules: LockoutRules, now: number): Admission {
  const state = lockState(record, rules, now);
  if (state !== 'open') return { kind: state };
  const recent = record.lastAt !== null && Math.abs(now - record.lastAt) < rules.repeatWindow;
  return isLast && recent ? { kind: 'repeat' } : { kind: 'counted', failures: record.failures + 1 };
}

/** Until when a user is paused after a wrong answer, in milliseconds since 1970 UTC; null for not at all. */
export function pausedUntil(failures: number, rules: LockoutRules, now: number): number | null {
  return rules.pauseAfter > 0 && failures >= rules.pauseAfter ? now + rules.pause : null;
}

function limit(rules: LockoutRules): number {
  return Math.min(rules.failures, mostFailures);
}
