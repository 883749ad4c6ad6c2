import type { Carrier } from '../policy/carrier.ts';
import { countryPrefix } from '../policy/country-prefix.ts';
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
import type { TransactionContext } from './store.ts';

/** Whom one message counts against; null where a scope has nobody. */
type SendSubjects = Readonly<Record<SendScope, string | null>>;

/** A message that is to be sent. */
export interface Sent {
  /** The user's id. */
  readonly user: string;
  /** A number, an address or a name. */
  readonly to: string;
  readonly carrier: Carrier;
  /** The RADIUS client's name. */
  readonly client: string;
}

/** Until when which limit is reached, in milliseconds since 1970 UTC. */
export interface SendLimit {
  readonly which: SendScope;
  readonly until: number;
}

/** Lets no other transaction look at the counts until this one has ended: together they would send more than the limit. */
export async function holdSends(sql: Sql): Promise<void> {
  await sql.run('UPDATE send_lock SET held = held + 1 WHERE id = 1');
}

/** The limit that lasts longest of those that are reached; undefined if one more may be sent. */
async function reachedLimit(
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

/** Counts one message against all its limits, unless one of them is reached: that is told. The caller holds the counts. */
export async function countSend(
  { sql, seal }: TransactionContext,
  { user, to, carrier, client }: Sent,
  rules: SendingRules,
  now: number,
): Promise<SendLimit | undefined> {
  const subjects: SendSubjects = {
    user,
    // Whom a number belongs to is not for the counts to tell.
    number: seal.digest(Buffer.from(to.toLowerCase()), 'send-count').toString('hex'),
    client,
    prefix: carrier === 'sms' || carrier === 'voice' ? countryPrefix(to) : null,
    total: '',
  };
  const limit = await reachedLimit(sql, subjects, rules, now);
  if (!limit) await count(sql, subjects, rules, now);
  return limit;
}

async function count(sql: Sql, subjects: SendSubjects, { limits }: SendingRules, now: number): Promise<void> {
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
