import { OperatorError } from '../errors.ts';
import { migrations } from './migrations.ts';
import { integer } from './row.ts';
import { SqliteDriver, type SqliteOptions } from './sqlite-driver.ts';

/**
 * Whether a store's schema is of this version, so that opening it changes nothing.
 * @throws OperatorError 'store-unavailable' if the file can't be read as a store
 */
export async function storeIsCurrent(options: SqliteOptions): Promise<boolean> {
  const driver = new SqliteDriver(options);
  try {
    const row = await driver.get('SELECT version FROM schema_version');
    return row !== undefined && integer(row, 'version') >= migrations.length;
  } catch (error) {
    throw new OperatorError('store-unavailable', `${options.file} cannot be read as a store: ${String(error)}`, {
      cause: error,
    });
  } finally {
    driver.close();
  }
}
