/**
 * A moment in the zone of this host with its offset, such as "2026-12-31 17:00+01:00".
 * @param time milliseconds since 1970 UTC
 * @param precise to the second
 */
export function localTime(time: number, precise = false): string {
  const at = new Date(time);
  const seconds = precise ? `:${two(at.getSeconds())}` : '';
  // By hand: toLocaleString takes long and much memory where there are thousands.
  return `${localMonth(time)}-${two(at.getDate())} ${two(at.getHours())}:${two(at.getMinutes())}${seconds}${offsetOf(at)}`;
}

/** The month that a moment is in, such as "2026-12", in the zone of this host. @param time milliseconds since 1970 UTC */
export function localMonth(time: number): string {
  const at = new Date(time);
  return `${at.getFullYear()}-${two(at.getMonth() + 1)}`;
}

function offsetOf(at: Date): string {
  const minutes = -at.getTimezoneOffset();
  const size = Math.abs(minutes);
  return `${minutes < 0 ? '-' : '+'}${two(Math.floor(size / 60))}:${two(size % 60)}`;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
