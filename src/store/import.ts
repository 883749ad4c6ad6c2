import { OperatorError } from '../errors.ts';
import { batches } from './batches.ts';
import { tableNamed } from './export.ts';
import { digestKeyOwner } from './find-seal.ts';
import { octets, text } from './row.ts';
import type { Row, Sql, SqlValue } from './sql.ts';
import type { Transaction } from './store.ts';
import { tables } from './tables.ts';

const unfinished = 'import_unfinished';

/**
 * Readies an empty store for the rows of another: its key of digests becomes the other's, and it is marked as unfinished until the last row is in.
 * @param input the digest key, 32 octets
 * @throws OperatorError 'exists' if there is anything in the store
 */
export const beginImport: Transaction<Buffer, null> = {
  name: 'begin-import',
  access: 'write',
  run: async ({ sql, seal }, digestKey) => {
    for (const { name } of tables)
      if (await sql.get(`SELECT 1 FROM ${name} LIMIT 1`))
        throw new OperatorError('exists', `the store is not empty: it has rows in ${name}`);
    const sealed = seal.close(digestKey, digestKeyOwner).toString('base64');
    await sql.run("UPDATE facts SET value = ? WHERE name = 'digest_key'", sealed);
    await sql.run("INSERT INTO facts (name, value) VALUES (?, 'yes') ON CONFLICT DO NOTHING", unfinished);
    return null;
  },
};

export interface ImportInput {
  readonly table: string;
  /** As exportPage gives them. */
  readonly rows: readonly Row[];
}

/** Adds rows of another store, all of the same columns, their secrets sealed under this one's key. */
export const importRows: Transaction<ImportInput, null> = {
  name: 'import-rows',
  access: 'write',
  run: async ({ sql, seal }, { table: name, rows }) => {
    const { sealed, numbered } = tableNamed(name);
    const [first] = rows;
    if (!first) return null;
    const columns = Object.keys(first).filter((column) => !(numbered && column === 'id'));
    // Column names go into the statement as they are.
    if (!columns.every((column) => /^[a-z_]+$/.test(column))) throw new Error('a row has an impossible column');
    const one = `(${columns.map(() => '?').join(', ')})`;
    for (const some of batches(rows)) {
      const values = some.flatMap((row) => {
        if (Object.keys(row).length !== Object.keys(first).length) throw new Error('rows of one table differ');
        return columns.map((column): SqlValue => {
          const value = row[column];
          if (value === undefined) throw new Error('rows of one table differ');
          const owner = value === null ? undefined : sealed?.get(column);
          return owner ? seal.close(octets(row, column), owner(text(row, 'id'))) : value;
        });
      });
      const rowsOf = some.map(() => one).join(', ');
      await sql.run(`INSERT INTO ${name} (${columns.join(', ')}) VALUES ${rowsOf}`, ...values);
    }
    return null;
  },
};

/**
 * Takes out again what an import that was not finished has put in.
 * @param input rows at most @returns how many it was; 0 once all is out
 * @throws OperatorError 'refused' if no import is unfinished: then the rows are somebody's
 */
export const clearImport: Transaction<number, number> = {
  name: 'clear-import',
  access: 'write',
  run: async ({ sql }, limit) => {
    if (!(await isUnfinished(sql))) throw new OperatorError('refused', 'the rows of this store come from no import');
    // Backwards, so that no row goes with another of which it is a part.
    for (const { name, key } of tables.toReversed()) {
      const columns = key.join(', ');
      const some = `SELECT ${columns} FROM ${name} LIMIT ?`;
      const removed = await sql.run(`DELETE FROM ${name} WHERE (${columns}) IN (${some})`, limit);
      if (removed > 0) return removed;
    }
    return 0;
  },
};

/** The last row is in. */
export const finishImport: Transaction<null, null> = {
  name: 'finish-import',
  access: 'write',
  run: async ({ sql }) => {
    await sql.run('DELETE FROM facts WHERE name = ?', unfinished);
    return null;
  },
};

/** Whether an import was begun and not finished: then the store is no store yet. */
export const importIsUnfinished: Transaction<null, boolean> = {
  name: 'import-is-unfinished',
  access: 'read',
  run: ({ sql }) => isUnfinished(sql),
};

async function isUnfinished(sql: Sql): Promise<boolean> {
  return (await sql.get('SELECT 1 FROM facts WHERE name = ?', unfinished)) !== undefined;
}
