import type { Transaction } from './store.ts';

/** The key by which all nodes on a store know the requests that they have sent: 32 octets, the same as long as the store lives. */
export const loopKey: Transaction<null, Buffer> = {
  name: 'loop-key',
  access: 'read',
  run: async ({ seal }) => seal.digest(Buffer.alloc(0), 'loop'),
};
