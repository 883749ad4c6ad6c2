import type { TokenSummary } from '../../store/tokens.ts';
import { isoTime } from '../terminal/format-time.ts';

/** A token as `--json` shows one: a contract with scripts, see docs/command-line.md. */
export function tokenJson(token: TokenSummary): object {
  const isTotp = token.type === 'totp';
  return {
    id: token.id,
    user: token.user,
    name: token.name,
    serial: token.serial,
    manufacturer: token.manufacturer,
    model: token.model,
    type: token.type,
    state: token.state,
    algorithm: token.algorithm,
    digits: token.digits,
    period: isTotp ? token.period : null,
    drift_steps: isTotp ? token.drift : null,
    drift_seconds: isTotp ? token.drift * token.period : null,
    next_counter: isTotp ? null : token.counter,
    pin: token.hasPin,
    valid_from: isoTime(token.validFrom),
    valid_until: isoTime(token.validUntil),
    created: isoTime(token.created),
    last_used: isoTime(token.lastUsed),
  };
}
