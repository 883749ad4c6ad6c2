import { reasonName } from '../audit/reason-name.ts';
import type { AuditEvent } from './event.ts';

/** What an officer must look into at once. */
const alarms = new Set(['approval-fraud', 'locked', 'loop', 'enrol-too-often']);

/** RFC 5424 §6.2.1: alert, warning, notice, informational. */
export function severityOf(event: AuditEvent): 1 | 4 | 5 | 6 {
  if (alarms.has(reasonName(event.reason))) return 1;
  if (event.result === 'reject' || event.result === 'silence') return 4;
  if (reasonName(event.reason) === 'message-failed') return 4;
  return event.result === 'change' ? 5 : 6;
}
