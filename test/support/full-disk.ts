// A process of its own that fills the disk under a store: sqlite-full-disk.test.ts starts it on a small file system.
import { rmSync, statfsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { openStoreIn } from './scratch-store.ts';
import { execute, query } from './test-transactions.ts';

const [, , dir = ''] = process.argv;
const filler = join(dir, 'filler');
const store = await openStoreIn(dir);
const values = { committed: 0, failed: 0, committedAfterwards: 0 };
const errors = new Set<string>();

/** Commits 2,000 octets. */
async function commit(name: string): Promise<boolean> {
  const parameters = [name, 'x'.repeat(2_000)];
  try {
    await store.run(execute, { sql: 'INSERT INTO facts (name, value) VALUES (?, ?)', parameters });
    return true;
  } catch (error) {
    errors.add(error instanceof Error ? error.name : String(error));
    return false;
  }
}

const { bavail, bsize } = statfsSync(dir);
writeFileSync(filler, Buffer.alloc(Math.max(0, bavail * bsize - 300_000)));
for (let i = 0; values.failed < 5 && i < 10_000; i++)
  if (await commit(`full ${i}`)) values.committed++;
  else values.failed++;
rmSync(filler);
for (let i = 0; i < 20; i++) if (await commit(`room ${i}`)) values.committedAfterwards++;
const [row] = await store.run(query, {
  sql: "SELECT count(*) AS count FROM facts WHERE name NOT IN ('key_id', 'digest_key')",
});
await store.close();
process.stdout.write(`${JSON.stringify({ ...values, rows: row?.['count'], errors: [...errors] })}\n`);
