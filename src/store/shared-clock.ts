import type { Transaction } from './store.ts';

/** What the clock of a store says that several hosts share, in milliseconds since 1970 UTC; null of one that is this host's own. */
export const sharedClock: Transaction<null, number | null> = {
  name: 'shared-clock',
  access: 'read',
  run: async ({ sharedNow }) => (sharedNow ? sharedNow() : null),
};
