import type { UserSummary } from '../store/users.ts';
import { isoTime } from './format-time.ts';
import { tokenJson } from './token-json.ts';

/** A user as `--json` shows one: a contract with scripts, see docs/command-line.md. @param limit failures at which a user is locked */
export function userJson(user: UserSummary, limit: number): object {
  return {
    id: user.id,
    name: user.name,
    aliases: user.aliases,
    enabled: !user.disabled,
    locked: user.failures >= limit,
    failures: user.failures,
    local_password: user.hasPassword,
    phone: user.phone,
    email: user.email,
    created: isoTime(user.created),
    last_login: isoTime(user.lastLogin),
    tokens: user.tokens.map(tokenJson),
  };
}
