import { goesOn } from '../../policy/goes-on.ts';
import { lockState, type LockoutRules } from '../../policy/lockout.ts';
import type { Bypass, UserSummary } from '../../store/user-summary.ts';

/** Whether a user can log in, in one word. @param now milliseconds since 1970 UTC */
export function userState(
  user: UserSummary,
  rules: LockoutRules,
  now: number,
): 'enabled' | 'disabled' | 'locked' | 'paused' {
  if (user.disabled) return 'disabled';
  const state = lockState(user, rules, now);
  return state === 'open' ? 'enabled' : state;
}

/** Until when a user has to wait after wrong codes; null if not at all. */
export function pauseNow({ pausedUntil }: UserSummary, { pause }: LockoutRules, now: number): number | null {
  return pausedUntil !== null && goesOn(pausedUntil, pause, now) ? pausedUntil : null;
}

/** The bypass that would let a user in now. */
export function bypassNow({ bypass }: UserSummary, now: number): Bypass | null {
  return bypass && bypass.validUntil > now ? bypass : null;
}
