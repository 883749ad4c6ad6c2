import type { TokenSummary } from '../../store/tokens.ts';

/** Whether a token's codes count, in a word or two: `active`, `pending`, `disabled`, `expired`, `not yet valid`. @param now milliseconds since 1970 UTC */
export function tokenState({ state, validFrom, validUntil }: TokenSummary, now: number): string {
  if (state === 'disabled') return state;
  if (validUntil !== null && validUntil <= now) return 'expired';
  if (validFrom !== null && validFrom > now) return 'not yet valid';
  return state;
}
