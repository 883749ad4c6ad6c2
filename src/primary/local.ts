import type { Clock } from '../clock.ts';
import { foldUserName, type FoldedName } from '../policy/user-name.ts';
import { findUser } from '../store/identify.ts';
import { integer, textOrNull } from '../store/row.ts';
import { StoreError, type Store, type Transaction } from '../store/store.ts';
import { FairQueue } from './fair-queue.ts';
import { nobodysHash, passwordMatches } from './password-hash.ts';
import { asAsked, type Primary, type PrimaryRequest, type PrimaryResult } from './primary.ts';

/** Password checks at once: each takes one of the four threads of Node's pool some 70 ms, and the log and look-ups need the others. */
const concurrent = 2;
/** Password checks of one client that wait their turn, at most. */
const perClient = 128;

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
  readonly #checks: FairQueue;

  constructor(name: string, store: Store, clock: Clock) {
    this.name = name;
    this.#store = store;
    this.#checks = new FairQueue({ concurrent, perKey: perClient, now: () => clock.monotonic() });
  }

  async check({ userName, credential, client, deadline }: PrimaryRequest): Promise<PrimaryResult> {
    if (credential.kind !== 'pap') return { kind: 'unsupported', why: 'local users are checked by PAP only' };
    const { password } = credential;
    try {
      const name = foldUserName(userName);
      const kept = name ? await this.#store.run(localPassword, name) : null;
      const matches = await this.#checks.run(client, deadline, () => passwordMatches(password, kept ?? nobodysHash));
      if (typeof matches === 'string') return { kind: 'unreachable', why: notRun[matches], asked: false };
      const right = matches && kept !== null && password.length > 0;
      return right
        ? { kind: 'ok', granted: [], person: asAsked }
        : { kind: 'bad', relayed: undefined, reason: 'password-wrong' };
    } catch (error) {
      if (error instanceof StoreError) return { kind: 'unreachable', why: error.message, asked: false };
      throw error;
    }
  }

  async close(): Promise<void> {}
}

const notRun = {
  full: `${perClient} passwords of this client wait to be checked already`,
  late: 'its turn to be checked came after the deadline of the client',
} as const;
