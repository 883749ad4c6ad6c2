import { integer, integerOrNull } from './row.ts';
import type { Transaction } from './store.ts';
import { tables } from './tables.ts';

/** How a store stands, without anything of what is in it. */
export interface StoreFacts {
  readonly schema: number;
  /** By the name of the table. */
  readonly rows: Readonly<Record<string, number>>;
  /** Of the audit, in milliseconds since 1970 UTC; null if it is empty. */
  readonly oldest: number | null;
  readonly newest: number | null;
  /** Of a shared store, in octets; null of a file, which tells its own. */
  readonly size: number | null;
}

const counted = [...tables.map(({ name }) => name), 'outbox', 'approvals'];

export const storeFacts: Transaction<null, StoreFacts> = {
  name: 'store-facts',
  access: 'read',
  run: async ({ sql, sharedNow }) => {
    const version = await sql.get('SELECT version FROM schema_version');
    const rows: Record<string, number> = {};
    for (const table of counted) {
      const found = await sql.get(`SELECT count(*) AS count FROM ${table}`);
      rows[table] = found ? integer(found, 'count') : 0;
    }
    const span = await sql.get('SELECT min(at) AS oldest, max(at) AS newest FROM audit');
    const size = sharedNow ? await sql.get('SELECT pg_database_size(current_database()) AS size') : undefined;
    return {
      schema: version ? integer(version, 'version') : 0,
      rows,
      oldest: span ? integerOrNull(span, 'oldest') : null,
      newest: span ? integerOrNull(span, 'newest') : null,
      size: size ? Number(size['size']) : null,
    };
  },
};
