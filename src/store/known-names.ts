import { among } from './among.ts';
import { text } from './row.ts';
import type { Transaction } from './store.ts';

/** Which of these names, folded and without their domains, some user goes by. */
export const knownNames: Transaction<readonly string[], readonly string[]> = {
  name: 'known-names',
  access: 'read',
  run: async ({ sql }, names) => {
    const rows = await among(sql, 'SELECT DISTINCT bare FROM user_names WHERE bare', names);
    return rows.map((row) => text(row, 'bare'));
  },
};
