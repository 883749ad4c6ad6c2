import type { Store } from '../store/store.ts';
import type { Subject } from './find-subject.ts';
import { listRows, type NumberedRow } from './list-rows.ts';

/** One login from its first row to its last, or one change by an administrator. */
export interface Story {
  /** In the order in which they happened. */
  readonly rows: readonly NumberedRow[];
  readonly last: NumberedRow;
}

const pageSize = 500;
/** No login takes longer, with all the questions that it can have. In milliseconds. */
const longest = 60 * 60_000;

/** A user's last logins and the changes between them, the oldest first. @param limit how many logins at most; changes don't count, but are no more than that either */
export async function readStories(store: Store, subject: Subject, limit: number): Promise<Story[]> {
  const filter = { client: null, since: null, until: null, result: null, reason: null, method: null };
  const stories = new Map<string, NumberedRow[]>();
  const counts = { logins: 0, changes: 0 };
  /** When the first row was written that is not told any more. */
  let end = -Infinity;
  let after: NumberedRow | null = null;
  for (;;) {
    const page: readonly NumberedRow[] = await store.run(listRows, {
      ...filter,
      subject,
      changes: true,
      after: after && { at: after.at, id: after.id },
      limit: pageSize,
    });
    for (const row of page) {
      const story = stories.get(row.loginId);
      // A message that no row of a login follows is none.
      const kind = row.result === 'change' || row.result === 'send' ? 'changes' : 'logins';
      if (story) story.push(row);
      else if (counts[kind] < limit && row.at > end) {
        counts[kind]++;
        stories.set(row.loginId, [row]);
      } else if (kind === 'logins') end = Math.max(end, row.at);
    }
    after = page.at(-1) ?? null;
    if (!after || page.length < pageSize || after.at < end - longest) break;
  }
  return Array.from(stories.values(), told).toReversed();
}

/** @param newestFirst at least one */
function told(newestFirst: readonly NumberedRow[]): Story {
  const last = newestFirst.find(({ result }) => result !== 'send') ?? newestFirst[0];
  if (!last) throw new Error('a story without a row');
  return { rows: newestFirst.toReversed(), last };
}
