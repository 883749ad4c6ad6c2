import { foldUserName } from '../policy/user-name.ts';
import type { Sql } from '../store/sql.ts';

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
export async function writeAudit(sql: Sql, row: AuditRow): Promise<void> {
  await sql.run(
    `INSERT INTO audit (at, login_id, user_id, user_name, client, client_address, calling_station_id,
       primary_name, method, result, reason, latency_ms, name_bare) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`,
    row.at,
    row.loginId,
    row.userId,
    row.userName,
    row.client,
    row.clientAddress,
    row.callingStationId,
    row.primary,
    row.method,
    row.result,
    row.reason,
    Math.round(row.latency),
    foldUserName(row.userName)?.bare ?? null,
  );
}
