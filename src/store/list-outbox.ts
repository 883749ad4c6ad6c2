import { integer, text, textOrNull } from './row.ts';
import type { Row } from './sql.ts';
import type { Transaction } from './store.ts';

/** A message without what it says. Times are milliseconds since 1970 UTC. */
export interface OutboxEntry {
  readonly id: string;
  readonly user: string | null;
  readonly method: string;
  readonly state: string;
  readonly target: string;
  readonly client: string;
  readonly tries: number;
  readonly provider: string | null;
  readonly providerId: string | null;
  readonly why: string | null;
  readonly receipt: string | null;
  readonly created: number;
  readonly finished: number | null;
}

export interface OutboxFilter {
  readonly state: string | null;
  readonly userId: string | null;
  readonly limit: number;
  readonly offset: number;
}

/** One page of the outbox, the newest first. */
export const listOutbox: Transaction<
  OutboxFilter,
  { readonly total: number; readonly messages: readonly OutboxEntry[] }
> = {
  name: 'list-outbox',
  access: 'read',
  run: async ({ sql }, { state, userId, limit, offset }) => {
    const filters = [
      ...(state === null ? [] : [['outbox.state = ?', state] as const]),
      ...(userId === null ? [] : [['outbox.user_id = ?', userId] as const]),
    ];
    const where = filters.length === 0 ? '' : `WHERE ${filters.map(([condition]) => condition).join(' AND ')}`;
    const parameters = filters.map(([, parameter]) => parameter);
    const count = await sql.get(`SELECT count(*) AS total FROM outbox ${where}`, ...parameters);
    const rows = await sql.all(
      `SELECT outbox.*, users.name AS user_name FROM outbox LEFT JOIN users ON users.id = outbox.user_id ${where}
       ORDER BY outbox.created_at DESC, outbox.id LIMIT ? OFFSET ?`,
      ...parameters,
      limit,
      offset,
    );
    return { total: count ? integer(count, 'total') : 0, messages: rows.map(entry) };
  },
};

function entry(row: Row): OutboxEntry {
  return {
    id: text(row, 'id'),
    user: textOrNull(row, 'user_name'),
    method: text(row, 'method'),
    state: text(row, 'state'),
    target: text(row, 'target'),
    client: text(row, 'client'),
    tries: integer(row, 'tries'),
    provider: textOrNull(row, 'provider'),
    providerId: textOrNull(row, 'provider_id'),
    why: textOrNull(row, 'why'),
    receipt: textOrNull(row, 'receipt'),
    created: integer(row, 'created_at'),
    finished: row['finished_at'] === null ? null : integer(row, 'finished_at'),
  };
}
