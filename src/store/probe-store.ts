import type { Transaction } from './store.ts';

/** Commits a row as it is: whether the store can be written is known once it has been. */
export const probeStore: Transaction<null, null> = {
  name: 'probe-store',
  access: 'write',
  run: async ({ sql }) => {
    await sql.run("UPDATE facts SET value = value WHERE name = 'key_id'");
    return null;
  },
};
