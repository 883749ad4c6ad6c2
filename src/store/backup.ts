import type { Transaction } from './store.ts';

/**
 * Writes a consistent copy of a SQLite store into an empty file, while others read and write the original. A read, since VACUUM can't be part of
 * a transaction.
 */
export const backup: Transaction<string, null> = {
  name: 'backup',
  access: 'read',
  run: async ({ sql }, file) => {
    await sql.run('VACUUM INTO ?', file);
    return null;
  },
};
