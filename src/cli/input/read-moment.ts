import { OperatorError } from '../../errors.ts';
import { dateTime } from '../../import/date-time.ts';

const units = { m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;
const form = /^(\d{4})-(\d\d)-(\d\d)(?:T(\d\d):(\d\d):(\d\d))?$/;

/**
 * A moment that a report begins or ends at: how long ago, such as 24h or 7d, or a date such as 2026-12-31 or 2026-12-31T17:00:00+01:00; in the
 * zone of this host if it names no offset.
 * @param edge a date alone is its first millisecond, or the first one after it
 * @param now milliseconds since 1970 UTC
 * @returns milliseconds since 1970 UTC
 * @throws OperatorError 'usage'
 */
export function readMoment(option: string, typed: string, edge: 'start' | 'end', now: number): number {
  const [, amount, unit] = /^(\d{1,5})([mhdw])$/.exec(typed) ?? [];
  if (amount !== undefined) return now - Number(amount) * units[unit as keyof typeof units];
  const at = dateTime(typed, edge);
  if (at === undefined)
    throw new OperatorError('usage', `${option} must be a time such as 24h, 7d, 2026-12-31 or 2026-12-31T17:00:00`);
  const local = form.exec(typed.trim());
  if (!local) return at;
  const [year = 0, month = 0, day = 0, hour, minute, second] = local.slice(1).map(Number);
  if (local[4] === undefined) return new Date(year, month - 1, edge === 'end' ? day + 1 : day).getTime();
  return new Date(year, month - 1, day, hour, minute, second).getTime();
}
