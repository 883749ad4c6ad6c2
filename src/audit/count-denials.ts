import { integer, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import type { Period } from './count-usage.ts';

export interface DenialCount {
  /** A reason, a user's name or an address. */
  readonly what: string;
  readonly count: number;
  /** How many names they came for; of a name: how many addresses they came from. */
  readonly spread: number;
  /** When the last one was: milliseconds since 1970 UTC. */
  readonly last: number;
}

export interface Denials {
  readonly total: number;
  readonly reasons: readonly DenialCount[];
  /** The names without their domains. */
  readonly users: readonly DenialCount[];
  /** The users' own addresses where the clients tell them (Calling-Station-Id), else the clients'. */
  readonly origins: readonly DenialCount[];
}

const user = 'COALESCE(name_bare, user_name)';
const origin = 'COALESCE(calling_station_id, client_address)';
// Word for word as the index audit_denied has it.
const where = "WHERE result IN ('reject', 'challenge', 'silence') AND at >= ? AND at < ?";

/** What was not let in within a period: refusals, wrong codes and what nobody answered. @param limit the most frequent names and addresses */
export const countDenials: Transaction<Period & { readonly limit: number }, Denials> = {
  name: 'count-denials',
  access: 'read',
  run: async ({ sql }, { since, until, limit }) => {
    const by = async (what: string, spread: string, most: number): Promise<DenialCount[]> => {
      const rows = await sql.all(
        `SELECT ${what} AS what, count(*) AS count, count(DISTINCT ${spread}) AS spread, max(at) AS last
         FROM audit ${where} GROUP BY ${what} ORDER BY count(*) DESC, ${what} LIMIT ?`,
        since,
        until,
        most,
      );
      return rows.map((row) => ({
        what: text(row, 'what'),
        count: integer(row, 'count'),
        spread: integer(row, 'spread'),
        last: integer(row, 'last'),
      }));
    };
    // There are fewer reasons than that.
    const reasons = await by('reason', user, 1000);
    return {
      total: reasons.reduce((sum, { count }) => sum + count, 0),
      reasons,
      users: await by(user, origin, limit),
      origins: await by(origin, user, limit),
    };
  },
};
