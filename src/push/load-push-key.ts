import { createECDH } from 'node:crypto';
import type { Transaction } from '../store/store.ts';

/** Tries, each of which fails once in 2^32: a digest may be no number below the order of P-256. */
const tries = 4;

/**
 * The private key by which push services know this installation (RFC 8292), 32 octets: a keyed digest, so that all nodes of one store have the same, it
 * outlasts a change of the key file, and browsers that subscribed with it need not subscribe anew.
 */
export const loadPushKey: Transaction<null, Buffer> = {
  name: 'load-push-key',
  access: 'read',
  run: async ({ seal }) => {
    for (let i = 0; i < tries; i++) {
      const key = Buffer.from(seal.digest(Buffer.of(i), 'push-key'));
      if (isKey(key)) return key;
    }
    throw new Error('no digest is a private key of P-256');
  },
};

function isKey(octets: Buffer): boolean {
  try {
    createECDH('prime256v1').setPrivateKey(octets);
    return true;
  } catch {
    return false;
  }
}
