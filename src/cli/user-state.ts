import type { UserSummary } from '../store/users.ts';

/** Whether a user can log in, in one word. @param limit failures at which a user is locked */
export function userState(user: UserSummary, limit: number): 'enabled' | 'disabled' | 'locked' {
  if (user.disabled) return 'disabled';
  return user.failures >= limit ? 'locked' : 'enabled';
}
