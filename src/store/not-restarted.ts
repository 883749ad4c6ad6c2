import { integer, text } from './row.ts';
import type { Sql } from './sql.ts';
import type { Transaction } from './store.ts';

/** The last row of the audit before the key was changed: which service was started since is told by numbers, as clocks differ. */
const fact = 'key_changed_after_row';
/** Of further processes of a host, which are started anew by themselves. */
const ofWorker = '%, worker %';

/** Notes where the audit stands, in the transaction that changes the key. */
export async function noteLastRow(sql: Sql): Promise<void> {
  const last = await sql.get('SELECT MAX(id) AS id FROM audit');
  const id = String(last?.['id'] ?? 0);
  await sql.run(
    'INSERT INTO facts (name, value) VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = ?',
    fact,
    id,
    id,
  );
}

/**
 * The nodes whose service may still write with the key before: it was started before the change, and has told of no end since. One whose start the audit has
 * forgotten is known by logins after the change.
 */
export const notRestarted: Transaction<null, string[]> = {
  name: 'not-restarted',
  access: 'read',
  run: async ({ sql }) => {
    const noted = await sql.get('SELECT value FROM facts WHERE name = ?', fact);
    if (!noted) return [];
    const changed = Number(text(noted, 'value'));
    const nodes = await sql.all('SELECT DISTINCT node FROM audit_chains ORDER BY node');
    const old: string[] = [];
    for (const row of nodes) {
      const node = text(row, 'node');
      if (await mayBeOld(sql, node, changed)) old.push(node);
    }
    return old;
  },
};

async function mayBeOld(sql: Sql, node: string, changed: number): Promise<boolean> {
  const last = await sql.get(
    `SELECT id, reason FROM audit WHERE node = ? AND result = 'change' AND reason NOT LIKE ?
       AND (reason LIKE 'service-start:%' OR reason LIKE 'service-stop:%') ORDER BY id DESC LIMIT 1`,
    node,
    ofWorker,
  );
  if (last) return text(last, 'reason').startsWith('service-start') && integer(last, 'id') <= changed;
  return (
    (await sql.get(
      `SELECT 1 AS one FROM audit WHERE node = ? AND id > ? AND result <> 'change' LIMIT 1`,
      node,
      changed,
    )) !== undefined
  );
}
