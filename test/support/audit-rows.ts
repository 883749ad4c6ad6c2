import type { AuditRow } from '../../src/audit/audit.ts';
import type { PageInput } from '../../src/audit/list-rows.ts';

/** The row of an Accept. @param at milliseconds since 1970 UTC */
export function auditRow(at: number, own: Partial<AuditRow> = {}): AuditRow {
  return {
    at,
    loginId: 'l1',
    userId: null,
    userName: 'alice',
    client: 'vpn',
    clientAddress: '192.0.2.1',
    callingStationId: null,
    primary: 'nps',
    method: null,
    result: 'accept',
    reason: 'accepted',
    latency: 12.4,
    ...own,
  };
}

/** All rows, the newest first. */
export const everyRow: PageInput = {
  subject: null,
  client: null,
  since: null,
  until: null,
  result: null,
  reason: null,
  method: null,
  changes: true,
  after: null,
  limit: 100,
};
