import { integer, integerOrNull, text, textOrNull } from '../store/row.ts';
import type { Row, Sql, SqlValue } from '../store/sql.ts';
import type { Transaction } from '../store/store.ts';
import type { AuditRow } from './audit.ts';
import type { Subject } from './find-subject.ts';
import { reasonIsOneOf } from './reason-name.ts';

/** A row as it stands in the audit. */
export interface NumberedRow extends AuditRow {
  readonly id: number;
  /** The user's own name; null for one who was not known, or not any more. */
  readonly account: string | null;
  readonly firstName: string | null;
  readonly lastName: string | null;
  readonly email: string | null;
  readonly phone: string | null;
  /** Which host wrote it; null in rows of before. */
  readonly node: string | null;
  readonly spentMs: {
    readonly primary: number | null;
    readonly store: number | null;
    readonly approval: number | null;
  };
}

/** Which rows; null is any. Times are milliseconds since 1970 UTC. */
export interface RowFilter {
  readonly subject: Subject | null;
  readonly client: string | null;
  /** Included. */
  readonly since: number | null;
  /** Not included. */
  readonly until: number | null;
  readonly result: string | null;
  /** Its name, whatever follows it. */
  readonly reason: string | null;
  readonly method: string | null;
  /** Whether rows of administrators' changes, and of messages, are among them. */
  readonly changes: boolean;
}

export interface PageInput extends RowFilter {
  /** The last row of the page before; null for the first page. */
  readonly after: { readonly at: number; readonly id: number } | null;
  readonly limit: number;
}

type Condition = readonly [condition: string, ...parameters: readonly SqlValue[]];

/** One page of the audit, the newest first. It goes along an index from where the last page ended: the millionth page takes as long as the first. */
export const listRows: Transaction<PageInput, readonly NumberedRow[]> = {
  name: 'list-rows',
  access: 'read',
  run: async ({ sql }, input) => {
    const conditions = conditionsOf(input);
    const found: NumberedRow[] = [];
    // Each along its own index: one statement with OR would sort all that there is.
    for (const branch of branchesOf(input.subject))
      found.push(...(await rowsOf(sql, [...branch, ...conditions], input.limit)));
    return found.toSorted((a, b) => b.at - a.at || b.id - a.id).slice(0, input.limit);
  },
};

function branchesOf(subject: Subject | null): Condition[][] {
  if (!subject) return [[]];
  const { userId, bare } = subject;
  if (userId === null) return bare.map((name) => [['name_bare = ?', name]]);
  const unknown = bare.map((name): Condition[] => [['name_bare = ?', name], ['user_id IS NULL']]);
  return [[['user_id = ?', userId]], ...unknown];
}

function conditionsOf({ client, since, until, result, reason, method, changes, after }: PageInput): Condition[] {
  return [
    ...equal('client', client),
    ...equal('result', result),
    ...(reason === null ? [] : [reasonIsOneOf([reason])]),
    ...equal('method', method),
    ...(since === null ? [] : [['at >= ?', since] as const]),
    ...(until === null ? [] : [['at < ?', until] as const]),
    ...(changes ? [] : [["result NOT IN ('change', 'send')"] as const]),
    ...(after === null ? [] : [['(at, id) < (?, ?)', after.at, after.id] as const]),
  ];
}

function equal(column: string, value: string | null): Condition[] {
  return value === null ? [] : [[`${column} = ?`, value]];
}

async function rowsOf(sql: Sql, conditions: readonly Condition[], limit: number): Promise<NumberedRow[]> {
  const where = conditions.map(([condition]) => condition).join(' AND ') || '1 = 1';
  const parameters = conditions.flatMap(([, ...values]) => values);
  const rows = await sql.all(
    `SELECT * FROM audit WHERE ${where} ORDER BY at DESC, id DESC LIMIT ?`,
    ...parameters,
    limit,
  );
  return rows.map(numbered);
}

export function numbered(row: Row): NumberedRow {
  return {
    id: integer(row, 'id'),
    at: integer(row, 'at'),
    loginId: text(row, 'login_id'),
    userId: textOrNull(row, 'user_id'),
    userName: text(row, 'user_name'),
    client: text(row, 'client'),
    clientAddress: text(row, 'client_address'),
    callingStationId: textOrNull(row, 'calling_station_id'),
    primary: text(row, 'primary_name'),
    method: textOrNull(row, 'method'),
    // Only this program's own rows get here.
    result: text(row, 'result') as AuditRow['result'],
    reason: text(row, 'reason'),
    latency: integer(row, 'latency_ms'),
    account: textOrNull(row, 'account'),
    firstName: textOrNull(row, 'first_name'),
    lastName: textOrNull(row, 'last_name'),
    email: textOrNull(row, 'email'),
    phone: textOrNull(row, 'phone'),
    token: textOrNull(row, 'token'),
    rule: textOrNull(row, 'rule'),
    protocol: textOrNull(row, 'protocol'),
    application: textOrNull(row, 'application'),
    device: textOrNull(row, 'device'),
    serverAddress: textOrNull(row, 'server_address'),
    actor: textOrNull(row, 'actor'),
    changedFrom: textOrNull(row, 'changed_from'),
    changedTo: textOrNull(row, 'changed_to'),
    node: textOrNull(row, 'node'),
    spentMs: {
      primary: integerOrNull(row, 'primary_ms'),
      store: integerOrNull(row, 'store_ms'),
      approval: integerOrNull(row, 'approval_ms'),
    },
  };
}
