/** How far the clocks of two nodes may be apart, in milliseconds. */
export const clockSlack = 60_000;

/**
 * Whether what ends at a time of the wall clock, such as a pause, goes on. What has longer to go than it can last was begun before the clock was set back, or
 * when the config let it last longer: it is over, since nobody can tell when it began.
 * @param until milliseconds since 1970 UTC, as `now` @param most how long it can last, in milliseconds
 */
export function goesOn(until: number, most: number, now: number): boolean {
  return until > now && until <= latestEnd(most, now);
}

/** When something can end at the latest that goes on now. */
export function latestEnd(most: number, now: number): number {
  return now + most + clockSlack;
}
