import {
  firstPart,
  limitedUntil,
  partOf,
  partSize,
  sendScopes,
  type SendCount,
  type SendingRules,
  type SendScope,
} from '../policy/sending.ts';
import { integer } from './row.ts';
import type { Sql } from './sql.ts';

/** Whom one message counts against; null where a scope has nobody. */
export type SendSubjects = Readonly<Record<SendScope, string | null>>;

/** Until when which limit is reached, in milliseconds since 1970 UTC. */
export interface SendLimit {
  readonly which: SendScope;
  readonly until: number;
}

/** Lets no other transaction look at the counts until this one has ended: together they would send more than the limit. */
export async function holdSends(sql: Sql): Promise<void> {
  await sql.run('UPDATE send_lock SET held = held + 1 WHERE id = 1');
}

/** The limit that lasts longest of those that are reached; undefined if one more may be sent. The caller holds the counts. */
export async function reachedLimit(
  sql: Sql,
  subjects: SendSubjects,
  { limits }: SendingRules,
  now: number,
): Promise<SendLimit | undefined> {
  let reached: SendLimit | undefined;
  for (const scope of sendScopes) {
    const subject = subjects[scope];
    if (subject === null) continue;
    for (const rate of limits[scope]) {
      const rows = await sql.all(
        'SELECT part, count FROM send_counts WHERE scope = ? AND subject = ? AND size = ? AND part >= ?',
        scope,
        subject,
        partSize(rate),
        firstPart(rate, now),
      );
      const counts = rows.map((row): SendCount => ({ part: integer(row, 'part'), count: integer(row, 'count') }));
      const until = limitedUntil(rate, counts, now);
      if (until !== undefined && (!reached || until > reached.until)) reached = { which: scope, until };
    }
  }
  return reached;
}

/** Counts one message against all its limits. */
export async function countSend(
  sql: Sql,
  subjects: SendSubjects,
  { limits }: SendingRules,
  now: number,
): Promise<void> {
  for (const scope of sendScopes) {
    const subject = subjects[scope];
    if (subject === null) continue;
    // Two limits over the same window are one count.
    const sizes = new Map(limits[scope].map((rate) => [partSize(rate), rate]));
    for (const [size, rate] of sizes)
      await sql.run(
        `INSERT INTO send_counts (scope, subject, size, part, count, ends_at) VALUES (?, ?, ?, ?, 1, ?)
         ON CONFLICT (scope, subject, size, part) DO UPDATE SET count = send_counts.count + 1`,
        scope,
        subject,
        size,
        partOf(rate, now),
        now + rate.window + 2 * size,
      );
  }
}
