import { foldUserName } from '../policy/user-name.ts';
import type { TransactionContext } from '../store/store.ts';
import type { Row } from '../store/sql.ts';
import { appendRow } from './append.ts';
import { personalColumns, readPerson } from './personal.ts';

/** One row of the audit: what a login, or one answer within it, came to, what became of a message, or what an administrator changed. */
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
  readonly result: 'accept' | 'reject' | 'challenge' | 'silence' | 'change' | 'answer' | 'send';
  readonly reason: string;
  /** The serial number, or the name, of the token whose code was right; the name of an application password. */
  readonly token?: string | null | undefined;
  /** The `[[policy]]` that decided. */
  readonly rule?: string | null | undefined;
  /** How the credential came: pap, chap, ms-chap, eap ... */
  readonly protocol?: string | null | undefined;
  /** Where the client sends users to, in words: `[[client]] application`. */
  readonly application?: string | null | undefined;
  /** The user's device, as the client tells it; null too if it is callingStationId. */
  readonly device?: string | null | undefined;
  /** Which of this host's own addresses and ports the request came to. */
  readonly serverAddress?: string | null | undefined;
  /** How much of the latency went where, in milliseconds. */
  readonly spent?: Spent | undefined;
  /** Of an administrator's change: who made it, and JSON of what was before and is now. */
  readonly actor?: string | null;
  readonly changedFrom?: string | null;
  readonly changedTo?: string | null;
  /** From the request's arrival to the writing of this row, in milliseconds. */
  readonly latency: number;
}

/** Time that one request took until its row was written, by where it went, in milliseconds. */
export interface Spent {
  readonly primary: number;
  readonly store: number;
  /** Waiting for the user to press. */
  readonly approval: number;
}

/** What a request is, without what came of it. */
export type AuditedRequest = Omit<AuditRow, keyof Came | 'actor' | 'changedFrom' | 'changedTo'>;

/** What came of a request. */
export type Came = Pick<AuditRow, 'userId' | 'method' | 'result' | 'reason' | 'token'>;

/** The row of a request and what came of it. It is written out, since V8 takes microseconds to spread an object and add to it. */
export function rowOf(request: AuditedRequest, came: Came): AuditRow {
  return {
    at: request.at,
    loginId: request.loginId,
    userId: came.userId,
    userName: request.userName,
    client: request.client,
    clientAddress: request.clientAddress,
    callingStationId: request.callingStationId,
    primary: request.primary,
    method: came.method,
    result: came.result,
    reason: came.reason,
    token: came.token,
    rule: request.rule,
    protocol: request.protocol,
    application: request.application,
    device: request.device,
    serverAddress: request.serverAddress,
    spent: request.spent,
    latency: request.latency,
  };
}

/**
 * Adds a row, inside the transaction of what it tells.
 * @param user `personColumns` of the user that it is of, if they were read already
 */
export async function writeAudit(context: TransactionContext, row: AuditRow, user?: Row): Promise<void> {
  const person = personalColumns(context.audit, user ?? (await readPerson(context.sql, row.userId)));
  await appendRow(context, {
    account: person.account,
    first_name: person.first_name,
    last_name: person.last_name,
    email: person.email,
    phone: person.phone,
    at: row.at,
    login_id: row.loginId,
    user_id: row.userId,
    user_name: row.userName,
    name_bare: foldUserName(row.userName)?.bare ?? null,
    client: row.client,
    client_address: row.clientAddress,
    calling_station_id: row.callingStationId,
    primary_name: row.primary,
    method: row.method,
    result: row.result,
    reason: row.reason,
    token: row.token ?? null,
    rule: row.rule ?? null,
    protocol: row.protocol ?? null,
    application: row.application ?? null,
    device: row.device === row.callingStationId ? null : (row.device ?? null),
    server_address: row.serverAddress ?? null,
    latency_ms: Math.round(row.latency),
    primary_ms: rounded(row.spent?.primary),
    store_ms: rounded(row.spent?.store),
    approval_ms: rounded(row.spent?.approval),
    actor: row.actor ?? null,
    changed_from: row.changedFrom ?? null,
    changed_to: row.changedTo ?? null,
  });
}

/** Nothing where no time went. */
function rounded(milliseconds: number | undefined): number | null {
  return milliseconds ? Math.round(milliseconds) : null;
}
