import { createHash } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { randomOctets } from '../random.ts';
import { bootId, timeOf, type HostTime } from '../store/host-time.ts';
import { octets, textOrNull } from '../store/row.ts';
import { SealError } from '../store/seal.ts';
import type { Store, Transaction, TransactionContext } from '../store/store.ts';
import { waitingOwner } from '../store/waiting-owner.ts';
import { pack, unpackLogin, unpackVerdict } from './packed.ts';
import type { Verdict } from './verdict.ts';
import {
  answeredFor,
  handleSize,
  maxPerUser,
  ownerOf,
  shareAtPrimary,
  type Taken,
  type WaitingLogin,
  type WaitingLogins,
  type WaitingOptions,
} from './waiting.ts';

interface Key extends HostTime {
  /** SHA-256 of the handle: who reads the store can't answer in a user's place. */
  readonly id: Buffer;
}

interface PutInput extends Key {
  readonly binding: Buffer;
  readonly owner: string;
  readonly stage: WaitingLogin['stage'];
  /** In milliseconds. */
  readonly lifetime: number;
  readonly login: Buffer;
}

interface TakeInput extends Key {
  readonly binding: Buffer;
  readonly answer: Buffer;
}

type TakeOutput =
  | { readonly kind: 'waiting'; readonly login: Buffer }
  | { readonly kind: 'pending' }
  | { readonly kind: 'answered'; readonly verdict: Buffer }
  | { readonly kind: 'unknown' };

/** @returns false if too many of the user's wait already */
export const putWaiting: Transaction<PutInput, boolean> = {
  name: 'put-waiting',
  access: 'write',
  run: async (context, { id, binding, owner: whose, stage, lifetime, login, ...time }) => {
    const { sql, seal } = context;
    const { boot, now } = await timeOf(context, time);
    const owner = seal.digest(Buffer.from(whose), 'waiting user');
    const count = await sql.get(
      "SELECT count(*) AS count FROM waiting_logins WHERE owner = ? AND boot = ? AND expires > ? AND state = 'waiting'",
      owner,
      boot,
      now,
    );
    if (Number(count?.['count']) >= maxPerUser) return false;
    await sql.run(
      `INSERT INTO waiting_logins (id, boot, expires, binding, owner, stage, state, sealed)
       VALUES (?, ?, ?, ?, ?, ?, 'waiting', ?)`,
      id,
      boot,
      now + lifetime,
      binding,
      owner,
      stage,
      seal.close(login, waitingOwner(id)),
    );
    return true;
  },
};

export const takeWaiting: Transaction<TakeInput, TakeOutput> = {
  name: 'take-waiting',
  access: 'write',
  run: async (context, { id, binding, answer, ...time }) => {
    const { sql, seal } = context;
    const { boot, now } = await timeOf(context, time);
    const digest = seal.digest(answer, waitingOwner(id));
    // Whoever changes the row has it: of two nodes that take at once, one changes nothing.
    const taken = await sql.get(
      `UPDATE waiting_logins SET state = 'taken', answer = ?
       WHERE id = ? AND binding = ? AND boot = ? AND expires > ? AND state = 'waiting' RETURNING sealed`,
      digest,
      id,
      binding,
      boot,
      now,
    );
    if (taken) return { kind: 'waiting', login: seal.open(octets(taken, 'sealed'), waitingOwner(id)) };
    const before = await sql.get(
      `SELECT state, sealed FROM waiting_logins
       WHERE id = ? AND binding = ? AND boot = ? AND expires > ? AND answer = ?`,
      id,
      binding,
      boot,
      now,
      digest,
    );
    if (!before) return { kind: 'unknown' };
    if (textOrNull(before, 'state') !== 'answered') return { kind: 'pending' };
    return { kind: 'answered', verdict: seal.open(octets(before, 'sealed'), waitingOwner(id)) };
  },
};

export const settleWaiting: Transaction<Key & { readonly verdict: Buffer }, null> = {
  name: 'settle-waiting',
  access: 'write',
  run: async (context, { id, verdict, ...time }) => {
    const { sql, seal } = context;
    const { now } = await timeOf(context, time);
    await sql.run(
      "UPDATE waiting_logins SET state = 'answered', sealed = ?, expires = ? WHERE id = ? AND state = 'taken'",
      seal.close(verdict, waitingOwner(id)),
      now + answeredFor,
      id,
    );
    return null;
  },
};

export const releaseWaiting: Transaction<Key, null> = {
  name: 'release-waiting',
  access: 'write',
  run: async ({ sql }, { id }) => {
    await sql.run("UPDATE waiting_logins SET state = 'waiting', answer = NULL WHERE id = ? AND state = 'taken'", id);
    return null;
  },
};

export interface Purged {
  /** Those that nobody answered. */
  readonly abandoned: readonly Buffer[];
  /** Rows that are left, and how many of them are at their primary. */
  readonly left: number;
  readonly atPrimary: number;
}

/** Removes what has ended, or belongs to an earlier boot. */
export const purgeWaiting: Transaction<HostTime, Purged> = {
  name: 'purge-waiting',
  access: 'write',
  run: async (context, time) => {
    const { sql, seal } = context;
    const { boot, now } = await timeOf(context, time);
    const ended = await sql.all(
      'DELETE FROM waiting_logins WHERE expires <= ? OR boot <> ? RETURNING id, state, sealed',
      now,
      boot,
    );
    const abandoned = ended
      .filter((row) => row['state'] === 'waiting')
      .flatMap((row) => opened(seal, octets(row, 'sealed'), octets(row, 'id')));
    const count = await sql.get(
      "SELECT count(*) AS count, count(CASE WHEN stage = 'primary' THEN 1 END) AS at_primary FROM waiting_logins",
    );
    return { abandoned, left: Number(count?.['count']), atPrimary: Number(count?.['at_primary']) };
  },
};

/** A row that does not open is removed all the same: it must not keep the others. */
function opened(seal: TransactionContext['seal'], sealed: Buffer, id: Buffer): Buffer[] {
  try {
    return [seal.open(sealed, waitingOwner(id))];
  } catch (error) {
    if (error instanceof SealError) return [];
    throw error;
  }
}

const purgeEvery = 5_000;

/** Waiting logins in the store, sealed: they survive the process, and any process on the store can take them. */
export class StoreWaitingLogins implements WaitingLogins {
  readonly #options: WaitingOptions & { readonly clock: Clock; readonly store: Store };
  readonly #boot = bootId();
  readonly #purger: NodeJS.Timeout;
  /** Rows that may still be put, in all and at their primary: counted at each purge. */
  #room: number;
  #roomAtPrimary: number;

  constructor(options: WaitingOptions & { readonly clock: Clock; readonly store: Store }) {
    this.#options = options;
    this.#room = options.max;
    this.#roomAtPrimary = options.max * shareAtPrimary;
    // A store that can't be purged now can be later; puts and takes tell of the trouble.
    this.#purger = setInterval(() => void this.purge().catch(() => {}), purgeEvery).unref();
  }

  /** Of all nodes on the store: as counted every 5 s, and what this one has put since. */
  get size(): number {
    return this.#options.max - this.#room;
  }

  async put(login: WaitingLogin, binding: Buffer): Promise<Buffer | undefined> {
    const { stage } = login;
    if (this.#room <= 0 || (stage === 'primary' && this.#roomAtPrimary <= 0)) return undefined;
    this.#room--;
    if (stage === 'primary') this.#roomAtPrimary--;
    const { store, lifetime } = this.#options;
    const handle = randomOctets(handleSize);
    const put = await store.run(putWaiting, {
      ...this.#key(handle),
      binding,
      owner: ownerOf(login),
      stage,
      lifetime,
      login: pack(login),
    });
    return put ? handle : undefined;
  }

  async take(handle: Buffer, binding: Buffer, answer: Buffer): Promise<Taken> {
    const taken = await this.#options.store.run(takeWaiting, { ...this.#key(handle), binding, answer });
    // Only this program's own sealed octets get here, so deserializing them is safe.
    if (taken.kind === 'waiting') return { kind: 'waiting', login: unpackLogin(taken.login) };
    if (taken.kind === 'answered') return { kind: 'answered', verdict: unpackVerdict(taken.verdict) };
    return taken;
  }

  async settle(handle: Buffer, verdict: Verdict): Promise<void> {
    await this.#options.store.run(settleWaiting, { ...this.#key(handle), verdict: pack(verdict) });
  }

  async release(handle: Buffer): Promise<void> {
    await this.#options.store.run(releaseWaiting, this.#key(handle));
  }

  /** Removes what has ended and tells of those that nobody answered. A timer does it every 5 s. */
  async purge(): Promise<void> {
    const { store, clock, max, onAbandoned } = this.#options;
    const purged = await store.run(purgeWaiting, { boot: this.#boot, now: Math.floor(clock.monotonic()) });
    this.#room = max - purged.left;
    this.#roomAtPrimary = max * shareAtPrimary - purged.atPrimary;
    for (const login of purged.abandoned) onAbandoned(unpackLogin(login));
  }

  async close(): Promise<void> {
    clearInterval(this.#purger);
  }

  #key(handle: Buffer): Key {
    const id = createHash('sha256').update(handle).digest();
    return { id, boot: this.#boot, now: Math.floor(this.#options.clock.monotonic()) };
  }
}
