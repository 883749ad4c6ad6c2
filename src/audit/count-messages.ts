import { countedPart, nobody } from '../store/forget-messages.ts';
import { integer, text } from '../store/row.ts';
import type { Transaction } from '../store/store.ts';
import type { Period } from './count-usage.ts';

export { nobody };

export interface MessageCount {
  /** sms, voice or email. */
  readonly channel: string;
  /** Who took it, or `nobody`. */
  readonly provider: string;
  /** As the outbox names it: queued, processing, sent, failed, abandoned. */
  readonly state: string;
  readonly count: number;
  /** From their requests until a provider had taken them, all together, in milliseconds; of those that were sent. */
  readonly took: number;
}

/** What became of the messages that were asked for in a period, those included that the outbox does not show any more. */
export const countMessages: Transaction<Period, readonly MessageCount[]> = {
  name: 'count-messages',
  access: 'read',
  run: async ({ sql }, { since, until }) => {
    const rows = await sql.all(
      `SELECT method, provider, state, CAST(sum(count) AS BIGINT) AS count, CAST(sum(took) AS BIGINT) AS took FROM (
         SELECT method, COALESCE(provider, '${nobody}') AS provider, state, count(*) AS count,
           sum(CASE WHEN state = 'sent' AND finished_at > created_at THEN finished_at - created_at ELSE 0 END) AS took FROM outbox
         WHERE created_at >= ? AND created_at < ? GROUP BY method, COALESCE(provider, '${nobody}'), state
         UNION ALL
         SELECT method, provider, state, count, took FROM message_counts WHERE part >= ? AND part < ?
       ) AS counted GROUP BY method, provider, state ORDER BY method, provider, state`,
      since,
      until,
      Math.floor(since / countedPart),
      Math.ceil(until / countedPart),
    );
    return rows.map((row) => ({
      channel: text(row, 'method'),
      provider: text(row, 'provider'),
      state: text(row, 'state'),
      count: integer(row, 'count'),
      took: integer(row, 'took'),
    }));
  },
};
