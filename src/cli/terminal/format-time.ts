/** A moment in local time to the minute, for tables. @param time milliseconds since 1970 UTC; null is "never" */
export function formatTime(time: number | null): string {
  return time === null ? 'never' : new Date(time).toLocaleString('sv-SE', { dateStyle: 'short', timeStyle: 'short' });
}

/** A moment for programs: ISO 8601 in UTC. */
export function isoTime(time: number | null): string | null {
  return time === null ? null : new Date(time).toISOString();
}
