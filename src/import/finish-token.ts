import { RowRefused } from './refusals.ts';
import type { HotpRow, TokenRow, TotpRow } from './token-row.ts';

/** A row of either type, with what is particular to both. */
type Draft = Omit<TotpRow, 'type'> & Omit<HotpRow, 'type'> & { readonly type: TokenRow['type'] };

/**
 * A token row from what was read, checked as a whole.
 * @throws RowRefused if nobody could ever be given the token, or it is never valid
 */
export function finishToken({ type, period, drift, counter, ...token }: Draft): TokenRow {
  const { serial, user, validFrom, validUntil } = token;
  if (serial === null && user === null)
    throw new RowRefused('The token has neither a serial number nor a user: it could never be assigned.');
  if (validFrom !== null && validUntil !== null && validFrom >= validUntil)
    throw new RowRefused('The token expires before it becomes valid.');
  return type === 'totp' ? { ...token, type, period, drift } : { ...token, type, counter };
}
