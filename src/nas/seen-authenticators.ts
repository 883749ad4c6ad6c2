import { text } from '../store/row.ts';
import type { Store, Transaction } from '../store/store.ts';

/** `client`: a NAS's requests; `server`: an upstream's replies. */
export type SeenRole = 'client' | 'server';

interface Seen {
  readonly role: SeenRole;
  readonly address: string;
}

/** Addresses remembered at most, unless told otherwise. */
const most = 100_000;

export const loadSeen: Transaction<null, Seen[]> = {
  name: 'load-seen-authenticators',
  access: 'read',
  run: async ({ sql }) => {
    const rows = await sql.all('SELECT role, address FROM seen_authenticators LIMIT ?', most);
    return rows.map((row) => ({ role: text(row, 'role') as SeenRole, address: text(row, 'address') }));
  },
};

export const rememberSeen: Transaction<Seen, null> = {
  name: 'remember-seen-authenticator',
  access: 'write',
  run: async ({ sql }, { role, address }) => {
    await sql.run(
      'INSERT INTO seen_authenticators (role, address) VALUES (?, ?) ON CONFLICT DO NOTHING',
      role,
      address,
    );
    return null;
  },
};

export const forgetSeen: Transaction<Seen, null> = {
  name: 'forget-seen-authenticator',
  access: 'write',
  run: async ({ sql }, { role, address }) => {
    await sql.run('DELETE FROM seen_authenticators WHERE role = ? AND address = ?', role, address);
    return null;
  },
};

export interface SeenOptions {
  /** Told if one could not be stored: it holds until the process ends all the same. */
  readonly onTrouble: (error: unknown) => void;
  /** Told once: who is new is no longer remembered, so that "auto" never asks it for the attribute. */
  readonly onFull: () => void;
  /** Addresses remembered at most. */
  readonly max?: number;
}

/**
 * Who was seen to send a Message-Authenticator, and with `message_authenticator = "auto"` must send it from then on, over a restart too: else whoever
 * sits between could simply leave it out (CVE-2024-3596).
 */
export class SeenAuthenticators {
  readonly #seen: Set<string>;
  readonly #store: Store;
  readonly #options: SeenOptions;
  #isFullTold = false;

  private constructor(store: Store, seen: readonly Seen[], options: SeenOptions) {
    this.#store = store;
    this.#seen = new Set(seen.map(({ role, address }) => keyOf(role, address)));
    this.#options = options;
  }

  static async load(store: Store, options: SeenOptions): Promise<SeenAuthenticators> {
    return new SeenAuthenticators(store, await store.run(loadSeen, null), options);
  }

  has(role: SeenRole, address: string): boolean {
    return this.#seen.has(keyOf(role, address));
  }

  add(role: SeenRole, address: string): void {
    const key = keyOf(role, address);
    if (this.#seen.has(key)) return;
    if (this.#seen.size >= (this.#options.max ?? most)) return this.#tellFull();
    this.#seen.add(key);
    this.#store.run(rememberSeen, { role, address }).catch(this.#options.onTrouble);
  }

  /** For an administrator's `message_authenticator = "off"`: set back to "auto", it learns anew. */
  forget(role: SeenRole, address: string): void {
    if (this.#seen.delete(keyOf(role, address)))
      this.#store.run(forgetSeen, { role, address }).catch(this.#options.onTrouble);
  }

  #tellFull(): void {
    if (this.#isFullTold) return;
    this.#isFullTold = true;
    this.#options.onFull();
  }
}

function keyOf(role: SeenRole, address: string): string {
  return `${role} ${address}`;
}
