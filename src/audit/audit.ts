import { foldUserName } from '../policy/user-name.ts';
import type { TransactionContext } from '../store/store.ts';
import { appendRow } from './append.ts';

/** One row of the audit: what a login, or one answer within it, came to, or what an administrator changed. */
export interface AuditRow {
  /** Milliseconds since 1970 UTC. */
  readonly at: number;
  readonly loginId: string;
  readonly userId: string | null;
  /** As it was typed, made printable. */
  readonly userName: string;
  readonly client: string;
  readonly clientAddress: string;
  readonly callingStationId: string | null;
  readonly primary: string;
  readonly method: string | null;
  readonly result: 'accept' | 'reject' | 'challenge' | 'silence' | 'change' | 'answer';
  readonly reason: string;
  /** From the request's arrival to the writing of this row, in milliseconds. */
  readonly latency: number;
}

/** Adds a row, inside the transaction of what it tells. */
export async function writeAudit(context: TransactionContext, row: AuditRow): Promise<void> {
  await appendRow(context, row.at, {
    at: row.at,
    login_id: row.loginId,
    user_id: row.userId,
    user_name: row.userName,
    client: row.client,
    client_address: row.clientAddress,
    calling_station_id: row.callingStationId,
    primary_name: row.primary,
    method: row.method,
    result: row.result,
    reason: row.reason,
    latency_ms: Math.round(row.latency),
    name_bare: foldUserName(row.userName)?.bare ?? null,
  });
}
