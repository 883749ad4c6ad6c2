import { integer, textOrNull } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';

/** Milliseconds since 1970 UTC: `since` is included, `until` is not. */
export interface Period {
  readonly since: number;
  readonly until: number;
}

export interface Usage {
  /** How many users were let in, each counted once. */
  readonly users: number;
  /** How often, by method; null where no second factor was asked. */
  readonly accepted: readonly { readonly method: string | null; readonly count: number }[];
}

/** As the audit has it where a client fetched an ACL: nobody was let in. */
const nobody = 'acl';

/** Who was let in within a period, and by what. */
export const countUsage: Transaction<Period, Usage> = {
  name: 'count-usage',
  access: 'read',
  run: async ({ sql }, { since, until }) => {
    // Word for word as the index audit_accepted has it.
    const where = "WHERE result = 'accept' AND at >= ? AND at < ?";
    const found = await sql.all(`SELECT DISTINCT method FROM audit ${where}`, since, until);
    const methods = found
      .map((row) => textOrNull(row, 'method'))
      .filter((method) => method !== nobody)
      .toSorted((a, b) => (a ?? '').localeCompare(b ?? ''));
    // Not by GROUP BY, for which SQLite would have all the rows in memory at once.
    const sums = methods.map((method, index) => {
      const condition = method === null ? 'method IS NULL' : 'method = ?';
      return `, sum(CASE WHEN ${condition} THEN 1 ELSE 0 END) AS count_${index}`;
    });
    const row = await sql.get(
      `SELECT count(DISTINCT CASE WHEN method = ? THEN NULL ELSE COALESCE(user_id, name_bare) END) AS users${sums.join('')} FROM audit ${where}`,
      nobody,
      ...methods.filter((method) => method !== null),
      since,
      until,
    );
    if (!row) throw new Error('a count gave no row');
    return {
      users: integer(row, 'users'),
      accepted: methods.map((method, index) => ({ method, count: integer(row, `count_${index}`) })),
    };
  },
};
