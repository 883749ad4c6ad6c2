import type { Config } from '../config/schema.ts';
import type { Windows } from '../factor/factor.ts';
import type { LockoutRules } from '../policy/lockout.ts';

/** The rules of `[lockout]`. */
export function lockoutRules({ lockout }: Config): LockoutRules {
  const { failures, pause_after, pause, repeat_window } = lockout;
  return { failures, pauseAfter: pause_after, pause, repeatWindow: repeat_window };
}

/** How far codes may be off: `[totp]`, `[hotp]`, `[login] resync_at_prompt`. */
export function windows({ totp, hotp, login }: Config): Windows {
  return { totp: totp.window, hotp: hotp.window, resyncAtPrompt: login.resync_at_prompt };
}
