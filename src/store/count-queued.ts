import type { QueuedMessages } from '../figures/queued.ts';
import { integer, text } from './row.ts';
import type { Transaction } from './store.ts';

/** Messages of the outbox that are not sent yet, by channel and state. */
export const countQueued: Transaction<null, readonly QueuedMessages[]> = {
  name: 'count-queued',
  access: 'read',
  run: async ({ sql }) => {
    const rows = await sql.all(
      "SELECT method, state, count(*) AS count FROM outbox WHERE state IN ('queued', 'processing') GROUP BY method, state",
    );
    return rows.map((row) => ({
      channel: text(row, 'method'),
      state: text(row, 'state'),
      count: integer(row, 'count'),
    }));
  },
};
