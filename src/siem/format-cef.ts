import { isIPv4, isIPv6 } from 'node:net';
import { reasonName } from '../audit/reason-name.ts';
import { deviceOfRow, eventId, type AuditEvent } from './event.ts';
import { severityOf } from './severity.ts';

/** An event in the Common Event Format, version 0 (ArcSight, "Implementing ArcSight Common Event Format"). */
export function formatCef(event: AuditEvent): string {
  const reason = reasonName(event.reason);
  const head = ['CEF:0', 'radgate', 'radgate', '1', reason, `${event.result}: ${reason}`, String(cefSeverity(event))];
  const device = deviceOfRow(event);
  const fields: readonly (readonly [string, string | number | null | undefined])[] = [
    ['rt', event.at],
    ['externalId', eventId(event)],
    ['dvchost', event.node],
    ['duser', event.account ?? event.userName],
    ['duid', event.userId],
    ['src', device !== null && isIPv4(device) ? device : null],
    ['c6a2', device !== null && isIPv6(device) ? device : null],
    ['c6a2Label', device !== null && isIPv6(device) ? 'device' : null],
    ['act', event.result],
    ['reason', event.reason],
    ['app', event.application],
    ['suser', event.actor],
    ...labelled('cs1', 'client', event.client),
    ...labelled('cs2', 'primary', event.primary),
    ...labelled('cs3', 'method', event.method),
    ...labelled('cs4', 'login', event.loginId),
    ...labelled('cs5', 'token', event.token),
    ...labelled('cs6', 'device', device),
    ...labelled('flexString1', 'rule', event.rule),
    ['cn1', event.latency],
    ['cn1Label', 'latency_ms'],
    ['msg', event.result === 'change' && typeof event.changedTo === 'string' ? changed(event) : null],
  ];
  const extension = fields
    .filter(([, value]) => value !== null && value !== undefined)
    .map(([name, value]) => `${name}=${escaped(String(value), /[\\=]/g)}`);
  return `${head.map((part) => escaped(part, /[\\|]/g)).join('|')}|${extension.join(' ')}`;
}

function labelled(
  field: string,
  label: string,
  value: string | null | undefined,
): readonly (readonly [string, string | null | undefined])[] {
  return typeof value === 'string'
    ? [
        [field, value],
        [`${field}Label`, label],
      ]
    : [];
}

function changed({ changedFrom, changedTo }: AuditEvent): string {
  return `${changedFrom ?? '{}'} -> ${changedTo ?? '{}'}`;
}

/** 0 to 10, from a severity of syslog. */
function cefSeverity(event: AuditEvent): number {
  return { 1: 9, 4: 6, 5: 3, 6: 1 }[severityOf(event)];
}

/** What means something to CEF stands behind a backslash; what would end a line or show as something else becomes U+FFFD. */
function escaped(text: string, special: RegExp): string {
  return text.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '\u{fffd}').replace(special, String.raw`\$&`);
}
