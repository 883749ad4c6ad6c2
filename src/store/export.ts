import { digestKeyOwner } from './find-seal.ts';
import { octetsOrNull, text } from './row.ts';
import type { Row, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';
import { tables, type Table } from './tables.ts';

export interface PageInput {
  readonly table: string;
  /** The key of the last row of the page before; null for the first page. */
  readonly after: readonly SqlValue[] | null;
  readonly limit: number;
}

/** One page of a table's rows, in the order of its key, what is sealed opened: the caller seals it for the way. */
export const exportPage: Transaction<PageInput, Row[]> = {
  name: 'export-page',
  access: 'read',
  run: async ({ sql, seal }, { table: name, after, limit }) => {
    const { key, sealed } = tableNamed(name);
    const rows = await sql.all(
      `SELECT * FROM ${name} ${after ? `WHERE (${key.join(', ')}) > (${key.map(() => '?').join(', ')})` : ''}
       ORDER BY ${key.join(', ')} LIMIT ?`,
      ...(after ?? []),
      limit,
    );
    if (!sealed) return rows;
    return rows.map((row) => {
      const opened: Record<string, SqlValue> = { ...row };
      for (const [column, owner] of sealed) {
        const value = octetsOrNull(row, column);
        if (value) opened[column] = seal.open(value, owner(text(row, 'id')));
      }
      return opened;
    });
  },
};

/** The key of the keyed digests, opened: PINs and recovery codes are worth nothing without it. */
export const exportDigestKey: Transaction<null, Buffer> = {
  name: 'export-digest-key',
  access: 'read',
  run: async ({ sql, seal }) => {
    const fact = await sql.get("SELECT value FROM facts WHERE name = 'digest_key'");
    if (!fact) throw new Error('the store has no digest key');
    return seal.open(Buffer.from(text(fact, 'value'), 'base64'), digestKeyOwner);
  },
};

/** @throws Error if an export has no such table, which is a defect or a damaged file */
export function tableNamed(name: string): Table {
  const table = tables.find((known) => known.name === name);
  if (!table) throw new Error(`an export has no table ${name}`);
  return table;
}
