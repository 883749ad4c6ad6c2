import { migrations } from './migrations.ts';
import { createPostgresPool, endPostgresPool, type PostgresServer } from './postgres-pool.ts';
import { inTransaction } from './postgres-transaction.ts';
import { integer } from './row.ts';

/**
 * Whether a database holds a store whose schema is of this version, so that opening it changes nothing.
 * @param timeout for connecting and each statement, in milliseconds
 * @throws StoreError if the database can't be asked
 */
export async function databaseIsCurrent(server: PostgresServer, timeout: number): Promise<boolean> {
  const pool = createPostgresPool(server, { connect: timeout, statement: timeout });
  try {
    return await inTransaction(pool, 'read', async (sql) => {
      const table = await sql.get("SELECT to_regclass('schema_version') AS name");
      if (table?.['name'] === null) return false;
      const row = await sql.get('SELECT version FROM schema_version');
      return row !== undefined && integer(row, 'version') >= migrations.length;
    });
  } finally {
    await endPostgresPool(pool, timeout);
  }
}
