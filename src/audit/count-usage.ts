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

/** Who was let in within a period, and by what. */
export const countUsage: Transaction<Period, Usage> = {
  name: 'count-usage',
  access: 'read',
  run: async ({ sql }, { since, until }) => {
    // Word for word as the index audit_accepted has it.
    const where = "WHERE result = 'accept' AND at >= ? AND at < ?";
    const rows = await sql.all(
      `SELECT method, count(*) AS count FROM audit ${where} GROUP BY method ORDER BY method`,
      since,
      until,
    );
    const users = await sql.get(
      `SELECT count(DISTINCT COALESCE(user_id, name_bare)) AS users FROM audit ${where}`,
      since,
      until,
    );
    return {
      users: users ? integer(users, 'users') : 0,
      accepted: rows.map((row) => ({ method: textOrNull(row, 'method'), count: integer(row, 'count') })),
    };
  },
};
