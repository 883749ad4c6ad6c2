import { lockState, type LockoutRules } from '../../policy/lockout.ts';
import type { UserSummary } from '../../store/user-summary.ts';
import { isoTime } from '../terminal/format-time.ts';
import { tokenJson } from '../token/json.ts';
import { bypassNow, pauseNow } from './state.ts';

/**
 * A user as `--json` shows one: a contract with scripts, see docs/command-line.md.
 * @param now milliseconds since 1970 UTC
 */
export function userJson(user: UserSummary, rules: LockoutRules, now: number): object {
  const bypass = bypassNow(user, now);
  return {
    id: user.id,
    name: user.name,
    aliases: user.aliases,
    first_name: user.firstName,
    last_name: user.lastName,
    groups: user.groups,
    enabled: !user.disabled,
    locked: lockState(user, rules, now) === 'locked',
    failures: user.failures,
    paused_until: isoTime(pauseNow(user, rules, now)),
    local_password: user.hasPassword,
    kept_password: user.keptPassword,
    phone: user.phone,
    email: user.email,
    language: user.language,
    preferred_way: user.preferredWay,
    created: isoTime(user.created),
    last_login: isoTime(user.lastLogin),
    recovery_codes: user.recoveryCodes,
    app_passwords: user.appPasswords,
    bypass: bypass && { reason: bypass.reason, until: isoTime(bypass.validUntil) },
    tokens: user.tokens.map(tokenJson),
  };
}
