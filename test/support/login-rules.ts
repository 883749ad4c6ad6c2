import type { Windows } from '../../src/factor/factor.ts';
import type { LockoutRules } from '../../src/policy/lockout.ts';

/** As the configuration's defaults. */
export const lockoutRules: LockoutRules = { failures: 10, pauseAfter: 0, pause: 300_000, repeatWindow: 10_000 };

/** As the configuration's defaults. */
export const windows: Windows = { totp: 1, hotp: 10, resyncAtPrompt: false };
