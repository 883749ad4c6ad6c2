import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import { findUser } from '../store/identify.ts';
import { integer, textOrNull } from '../store/row.ts';
import { StoreError, type Store, type Transaction } from '../store/store.ts';
import { nobodysHash, passwordMatches } from './password-hash.ts';
import type { Primary, PrimaryRequest, PrimaryResult } from './primary.ts';

/** Password checks under way or queued at once: each takes a thread some 70 ms. */
const maxChecks = 256;

/** The password hash of an enabled user; null for everyone else. */
export const localPassword: Transaction<FoldedName, string | null> = {
  name: 'local-password',
  access: 'read',
  run: async ({ sql }, name) => {
    const found = await findUser(sql, name);
    if (found.kind !== 'known' || integer(found.row, 'disabled') !== 0) return null;
    return textOrNull(found.row, 'password');
  },
};

/** Users of radgate's own store. All that have no password here, or are no users, cost the same time and meet the same refusal. */
export class LocalPrimary implements Primary {
  readonly name: string;
  readonly #store: Store;
  #checks = 0;

  constructor(name: string, store: Store) {
    this.name = name;
    this.#store = store;
  }

  async check({ userName, password }: PrimaryRequest): Promise<PrimaryResult> {
    if (this.#checks >= maxChecks)
      return { kind: 'unreachable', why: `${maxChecks} passwords are being checked already` };
    this.#checks++;
    try {
      const name = foldUserName(userName);
      const kept = name ? await this.#store.run(localPassword, name) : null;
      const matches = await passwordMatches(password, kept ?? nobodysHash);
      const right = matches && kept !== null && password.length > 0;
      return right ? { kind: 'ok', granted: [] } : { kind: 'bad', relayed: undefined };
    } catch (error) {
      if (error instanceof StoreError) return { kind: 'unreachable', why: error.message };
      throw error;
    } finally {
      this.#checks--;
    }
  }

  async close(): Promise<void> {}
}
