const form = /^(\d{4}-\d\d-\d\d)(?:T(\d\d:\d\d:\d\d)(?:\.(\d+))?)?(Z|[+-]\d\d:\d\d)?$/;
const day = 24 * 60 * 60 * 1000;

/**
 * A date, or date and time, of XML Schema (ISO 8601); in UTC if it names no offset, as RFC 6030 §5 has it.
 * @param edge a date alone is its first millisecond, or the first one after it
 * @returns milliseconds since 1970 UTC; undefined if it is none
 */
export function dateTime(text: string, edge: 'start' | 'end'): number | undefined {
  const [, date, time, fraction = '', zone = 'Z'] = form.exec(text.trim()) ?? [];
  if (date === undefined || !isDate(date)) return undefined;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const at = Date.parse(`${date}T${time ?? '00:00:00'}.${milliseconds}${zone}`);
  if (Number.isNaN(at)) return undefined;
  return time === undefined && edge === 'end' ? at + day : at;
}

/** Date.parse would take the 30th of February for the 2nd of March. */
function isDate(date: string): boolean {
  const at = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(at.getTime()) && at.toISOString().startsWith(date);
}
