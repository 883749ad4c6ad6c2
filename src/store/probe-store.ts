import type { Transaction } from './store.ts';

/**
 * Commits a row of its own: whether the store can be written is known once it has been. No other transaction holds that row, so that nothing that
 * takes long makes the store look as if it could not.
 */
export const probeStore: Transaction<null, null> = {
  name: 'probe-store',
  access: 'write',
  run: async ({ sql }) => {
    await sql.run(
      "INSERT INTO facts (name, value) VALUES ('probe', '') ON CONFLICT (name) DO UPDATE SET value = excluded.value",
    );
    return null;
  },
};
