import { foldGroup } from '../policy/fold-group.ts';
import { text } from './row.ts';
import type { Transaction } from './store.ts';

/** Names of groups that are looked through, at most. */
const most = 100_000;

/** Which of these groups anybody is in, by names in any case. @returns those of the names, as they were given */
export const knownGroups: Transaction<readonly string[], readonly string[]> = {
  name: 'known-groups',
  access: 'read',
  run: async ({ sql }, names) => {
    const rows = await sql.all('SELECT DISTINCT name FROM user_groups LIMIT ?', most);
    const known = new Set(rows.map((row) => foldGroup(text(row, 'name'))));
    return names.filter((name) => known.has(foldGroup(name)));
  },
};
