import { integer, text, textOrNull } from './row.ts';
import type { Row, Sql, SqlValue } from './sql.ts';

/** How much of the time one count stands for, in milliseconds: every zone's months begin with one. */
export const countedPart = 15 * 60_000;

/** Stands for a provider where none took the message. */
export const nobody = '-';

/**
 * Removes messages from the outbox and counts them, since reports and bills go further back than the outbox does.
 * @param where which ones @returns how many it was
 */
export async function forgetMessages(sql: Sql, where: string, ...parameters: readonly SqlValue[]): Promise<number> {
  const rows = await sql.all(
    `DELETE FROM outbox WHERE ${where} RETURNING method, provider, state, created_at, finished_at`,
    ...parameters,
  );
  const counts = new Map<
    string,
    { readonly key: readonly SqlValue[]; readonly count: number; readonly took: number }
  >();
  for (const row of rows) {
    const part = Math.floor(integer(row, 'created_at') / countedPart);
    const key = [part, text(row, 'method'), textOrNull(row, 'provider') ?? nobody, endOf(text(row, 'state'))] as const;
    const held = counts.get(key.join(' ')) ?? { key, count: 0, took: 0 };
    counts.set(key.join(' '), { key, count: held.count + 1, took: held.took + tookOf(row) });
  }
  // In the same order by everyone, so that nobody waits for ever.
  const sorted = [...counts].toSorted(([one], [other]) => (one < other ? -1 : 1));
  for (const [, { key, count, took }] of sorted)
    await sql.run(
      `INSERT INTO message_counts (part, method, provider, state, count, took) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (part, method, provider, state)
       DO UPDATE SET count = message_counts.count + excluded.count, took = message_counts.took + excluded.took`,
      ...key,
      count,
      took,
    );
  return rows.length;
}

/** From its request until a provider had taken it, in milliseconds; a clock that was set back makes nothing less than none. */
function tookOf(row: Row): number {
  if (text(row, 'state') !== 'sent' || row['finished_at'] === null) return 0;
  return Math.max(0, integer(row, 'finished_at') - integer(row, 'created_at'));
}

/** What has not ended yet, ends with its user. */
function endOf(state: string): string {
  return state === 'queued' || state === 'processing' ? 'abandoned' : state;
}
