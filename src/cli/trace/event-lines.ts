import type { TraceEvent, TracedPacket } from '../../trace/trace-event.ts';
import { describedLines } from '../login/packet-lines.ts';
import { displayWidth } from '../terminal/display-width.ts';
import { shown } from '../terminal/shown.ts';

/** What the events of logins show. */
type Shown = Exclude<TraceEvent, { event: 'following' | 'refused' }>;

/** Columns of a terminal. */
const width = 80;
/** Of a name, in columns. */
const longestName = 20;
const noLogin = '-'.repeat(16);

/** An event as one line of 80 columns at most, and with `verbose` a line for each attribute of its packet. */
export function eventLines(event: Shown, verbose: boolean): string[] {
  const packet = 'packet' in event ? event.packet : null;
  return [
    headline(event),
    ...(verbose
      ? [...why(event), ...describedLines(packet?.attributes ?? [])].map((line) => shown(line).trimEnd())
      : []),
  ];
}

/** What a headline has no room for. */
function why(event: Shown): string[] {
  switch (event.event) {
    case 'verdict':
      return [`  ${event.meaning}`, ...(event.rule === null ? [] : [`  by the rule "${event.rule}"`])];
    case 'dropped':
    case 'upstream-failed':
      return [`  ${event.why}`];
    case 'primary':
      return event.why === null ? [] : [`  ${event.why}`];
    case 'request':
    case 'repeated':
    case 'upstream-request':
    case 'upstream-reply':
    case 'lost':
      return [];
  }
}

function headline(event: Shown): string {
  if (event.event === 'lost') return `${event.count} events were left out here: they were not read fast enough`;
  const login = 'login' in event && event.login !== '' ? event.login : noLogin;
  return cut(shown(`${timeOf(event.time)} ${login} ${what(event)}`), width);
}

function what(event: Exclude<Shown, { event: 'lost' }>): string {
  switch (event.event) {
    case 'request':
      return `${packetName(event.packet)} (${event.protocol}) of ${name(event.user)} from ${name(event.client)}`;
    case 'repeated':
      return `${packetName(event.packet)} again, of ${name(event.user)} from ${name(event.client)}`;
    case 'upstream-request':
      return `${packetName(event.packet)} to ${event.server}`;
    case 'upstream-reply':
      return `${packetName(event.packet)} from ${event.server} in ${event.ms} ms`;
    case 'upstream-failed':
      return `${event.server} ${event.why}`;
    case 'primary':
      return `primary ${name(event.primary)}: ${event.result}${event.why === null ? '' : `, ${event.why}`}`;
    case 'verdict': {
      const reply = event.packet ? packetName(event.packet) : 'no answer';
      return `${reply} to ${name(event.client)}: ${event.reason}, ${event.ms} ms`;
    }
    case 'dropped':
      return `dropped, from ${event.address}: ${event.reason}`;
  }
}

function packetName({ code, id }: TracedPacket): string {
  return `${code} ${id}`;
}

function name(text: string): string {
  return text === '' ? '(no name)' : cut(text, longestName);
}

/** The time of day in the zone of this host, to the millisecond. */
function timeOf(time: string): string {
  const at = new Date(time);
  const [hours, minutes, seconds] = [at.getHours(), at.getMinutes(), at.getSeconds()].map((part) =>
    String(part).padStart(2, '0'),
  );
  return `${hours}:${minutes}:${seconds}.${String(at.getMilliseconds()).padStart(3, '0')}`;
}

function cut(text: string, columns: number): string {
  if (displayWidth(text) <= columns) return text;
  const characters = Array.from(text);
  while (displayWidth(characters.join('')) > columns - 1) characters.pop();
  return `${characters.join('')}…`;
}
