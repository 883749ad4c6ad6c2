import { OperatorError } from '../../errors.ts';
import { dateTime } from '../../import/date-time.ts';

/**
 * A date from the command line, such as 2026-12-31 or 2026-12-31T17:00:00+01:00; in UTC if it names no offset.
 * @param edge a date alone is its first millisecond, or the first one after it
 * @returns milliseconds since 1970 UTC
 * @throws OperatorError 'usage'
 */
export function readDate(option: string, typed: string, edge: 'start' | 'end'): number {
  const at = dateTime(typed, edge);
  if (at !== undefined) return at;
  throw new OperatorError('usage', `${option} must be a date such as 2026-12-31, or 2026-12-31T17:00:00+01:00`);
}

/** `--valid-from` and `--valid-until`; undefined where not given. @throws OperatorError 'usage' */
export function readValidity({ validFrom, validUntil }: ValidityOptions): { from?: number; until?: number } {
  const from = validFrom === undefined ? undefined : readDate('--valid-from', validFrom, 'start');
  const until = validUntil === undefined ? undefined : readDate('--valid-until', validUntil, 'end');
  if (from !== undefined && until !== undefined && from >= until)
    throw new OperatorError('usage', '--valid-until must be later than --valid-from');
  return { ...(from === undefined ? {} : { from }), ...(until === undefined ? {} : { until }) };
}

export interface ValidityOptions {
  readonly validFrom?: string;
  readonly validUntil?: string;
}
