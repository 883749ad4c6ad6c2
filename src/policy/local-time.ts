/** A moment as the clocks of a place show it. */
export interface LocalTime {
  /** As 2027-01-15. */
  readonly day: string;
  /** From 0 (Sunday) to 6. */
  readonly weekday: number;
  /** Of the day, from 0. */
  readonly minute: number;
}

/** Making one takes a hundred times longer than using it. The names are those of the config, which bounds them. */
const formats = new Map<string, Intl.DateTimeFormat>();

/** @param now milliseconds since 1970 UTC. @param timeZone IANA's name of it. @throws RangeError if there is no such */
export function localTime(now: number, timeZone: string): LocalTime {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-US-u-ca-gregory-nu-latn', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: '2-digit',
      day: '2-digit',
      hour: '2-digit',
      minute: '2-digit',
    });
    formats.set(timeZone, format);
  }
  const parts = new Map(format.formatToParts(now).map(({ type, value }) => [type, value]));
  const of = (type: Intl.DateTimeFormatPartTypes): string => parts.get(type) ?? '';
  const day = `${of('year')}-${of('month')}-${of('day')}`;
  return {
    day,
    weekday: new Date(`${day}T00:00:00Z`).getUTCDay(),
    minute: Number(of('hour')) * 60 + Number(of('minute')),
  };
}
