import type { TokenSummary } from '../store/tokens.ts';
import { isoTime } from './format-time.ts';

/** A token as `--json` shows one: a contract with scripts, see docs/command-line.md. */
export function tokenJson(token: TokenSummary): object {
  return {
    id: token.id,
    user: token.user,
    name: token.name,
    type: token.type,
    state: token.state,
    algorithm: token.algorithm,
    digits: token.digits,
    period: token.period,
    created: isoTime(token.created),
    last_used: isoTime(token.lastUsed),
  };
}
