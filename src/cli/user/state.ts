import type { Bypass, UserSummary } from '../../store/user-summary.ts';

/**
 * Whether a user can log in, in one word.
 * @param limit failures at which a user is locked
 * @param now milliseconds since 1970 UTC
 */
export function userState(user: UserSummary, limit: number, now: number): 'enabled' | 'disabled' | 'locked' | 'paused' {
  if (user.disabled) return 'disabled';
  if (user.failures >= limit) return 'locked';
  return pauseNow(user, now) === null ? 'enabled' : 'paused';
}

/** Until when a user has to wait after wrong codes; null if not at all. */
export function pauseNow({ pausedUntil }: UserSummary, now: number): number | null {
  return pausedUntil !== null && pausedUntil > now ? pausedUntil : null;
}

/** The bypass that would let a user in now. */
export function bypassNow({ bypass }: UserSummary, now: number): Bypass | null {
  return bypass && bypass.validUntil > now ? bypass : null;
}
