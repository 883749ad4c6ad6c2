import { reasonName } from '../audit/reason-name.ts';
import type { AuditEvent } from './event.ts';
import { severityOf } from './severity.ts';

/** Security and authorization messages that are private: RFC 5424 §6.2.1. */
const facility = 10;

/**
 * One message of RFC 5424. @param text its MSG, in one line, without a byte order mark: what is not ASCII in it is UTF-8 all the same
 * @param process the number of this process
 */
export function syslogMessage(event: AuditEvent, text: string, process: number): Buffer {
  const priority = facility * 8 + severityOf(event);
  const time = new Date(event.at).toISOString();
  const host = field(event.node ?? '', 255);
  return Buffer.from(
    `<${priority}>1 ${time} ${host} radgate ${process} ${field(reasonName(event.reason), 32)} - ${text}`,
  );
}

/** A header field: printable ASCII without blanks, or `-` for none (RFC 5424 §6). */
function field(text: string, most: number): string {
  return text.replace(/[^!-~]/g, '?').slice(0, most) || '-';
}
