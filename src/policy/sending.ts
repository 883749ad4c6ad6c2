/** So many messages within so long. */
export interface Rate {
  readonly most: number;
  /** Milliseconds. */
  readonly window: number;
}

/** Whom messages are counted against: the user, the number or address, the RADIUS client, the country, and all together. */
export const sendScopes = ['user', 'number', 'client', 'prefix', 'total'] as const;
export type SendScope = (typeof sendScopes)[number];

/** How much may be sent, against pumping and fatigue, where to, and to whom. */
export interface SendingRules {
  readonly limits: Readonly<Record<SendScope, readonly Rate[]>>;
  /** Prefixes of the numbers that messages go to; empty for all. */
  readonly allow: readonly string[];
  /** Prefixes of the numbers that none go to, whatever is allowed. */
  readonly deny: readonly string[];
  /** How long nothing is sent to a user who has reported a login, in milliseconds. */
  readonly block: number;
}

/** A window is counted in so many parts, so that rows are few and no window ever holds more than its limit. */
const parts = 10;

/** How many messages went out in one part of a window. `part` counts from 1970. */
export interface SendCount {
  readonly part: number;
  readonly count: number;
}

/** Milliseconds of one part of a window. */
export function partSize({ window }: Rate): number {
  return Math.ceil(window / parts);
}

/** @param now milliseconds since 1970 UTC */
export function partOf(rate: Rate, now: number): number {
  return Math.floor(now / partSize(rate));
}

/** The first part that still counts: all that a window which ends now touches. */
export function firstPart(rate: Rate, now: number): number {
  return partOf(rate, now) - parts;
}

/**
 * Until when nothing more may be sent, in milliseconds since 1970 UTC; undefined if one more may be.
 * @param counts in any order; parts that are past or ahead, as a clock that was set back leaves them, don't count
 */
export function limitedUntil(rate: Rate, counts: readonly SendCount[], now: number): number | undefined {
  const [first, last] = [firstPart(rate, now), partOf(rate, now)];
  const inside = counts.filter(({ part }) => part >= first && part <= last).toSorted((a, b) => a.part - b.part);
  let left = inside.reduce((sum, { count }) => sum + count, 0);
  if (left < rate.most) return undefined;
  for (const { part, count } of inside) {
    left -= count;
    if (left < rate.most) return (part + parts + 1) * partSize(rate);
  }
  return (last + parts + 1) * partSize(rate);
}

/** Whether messages may go to a number. @param number in E.164 */
export function mayCall(number: string, { allow, deny }: Pick<SendingRules, 'allow' | 'deny'>): boolean {
  const begins = (prefix: string): boolean => number.startsWith(prefix);
  return !deny.some(begins) && (allow.length === 0 || allow.some(begins));
}
