import { OperatorError } from '../errors.ts';
import { migrations } from './migrations.ts';
import type { Sql } from './sql.ts';

/**
 * Brings a store's schema up to date, inside a transaction that no other process shares.
 * @param where names the store in errors
 * @throws OperatorError 'store-newer' if it was written by a later radgate
 */
export async function migrate(sql: Sql, where: string): Promise<void> {
  await sql.run('CREATE TABLE IF NOT EXISTS schema_version (version INTEGER NOT NULL)');
  const row = await sql.get('SELECT version FROM schema_version');
  const version = row ? Number(row['version']) : 0;
  if (version > migrations.length) {
    const message = `the store ${where} has schema ${version}, this radgate knows ${migrations.length}`;
    throw new OperatorError('store-newer', message);
  }
  if (version === migrations.length) return;
  for (const step of migrations.slice(version)) for (const statement of step) await sql.run(statement);
  await sql.run(
    row ? 'UPDATE schema_version SET version = ?' : 'INSERT INTO schema_version (version) VALUES (?)',
    migrations.length,
  );
}
