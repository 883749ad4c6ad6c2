import type { Clock } from '../clock.ts';
import type { Copy } from '../dedupe/duplicates.ts';
import type { AccessRequest } from '../packet/access-request.ts';
import { Type } from '../packet/constants.ts';
import { firstValue } from '../packet/packet.ts';
import type { Store } from '../store/store.ts';
import { joinHabits, noHabits, type CountedHabits } from './habits.ts';
import { dayOf, noteHabits } from './kept-habits.ts';

export interface ObservedClientsOptions {
  readonly store: Store;
  readonly clock: Clock;
  /** How often what was seen goes to the store, in milliseconds. */
  readonly every: number;
  readonly onTrouble: (error: unknown) => void;
}

/** Clients told apart at most between two writes; those of a config are fewer. */
const max = 10_000;

/** What clients are seen to do: counted in memory, written now and then and at the end. What a crash loses is some seconds of it. */
export class ObservedClients {
  readonly #options: ObservedClientsOptions;
  readonly #timer: NodeJS.Timeout;
  #seen = new Map<string, CountedHabits>();
  #writing: Promise<void> | undefined;

  constructor(options: ObservedClientsOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.write(), options.every).unref();
  }

  /** A request that came for the first time. */
  request(client: string, { packet, credential, state }: AccessRequest, authentic: boolean): void {
    const habits = this.#of(client);
    if (!habits) return;
    habits.requests++;
    habits.lastAt = this.#options.clock.wall();
    if (!authentic) habits.unsigned++;
    else {
      if (credential.kind !== 'eap') habits.signed++;
      if (firstValue(packet.attributes, Type.proxyState) !== undefined) habits.proxied++;
    }
    if (state && credential.kind === 'pap') habits.answers++;
  }

  /** One that was dropped since it has no Message-Authenticator. */
  droppedUnsigned(client: string): void {
    const habits = this.#of(client);
    if (habits) habits.unsigned++;
  }

  copy(client: string, { number, after, gap }: Copy, isLate: boolean): void {
    const habits = this.#of(client);
    if (!habits) return;
    habits.copies++;
    habits.gaps += Math.round(gap);
    habits.mostCopies = Math.max(habits.mostCopies, number);
    habits.longestGap = Math.max(habits.longestGap, Math.round(gap));
    if (isLate) habits.lateCopies++;
    else habits.longestWait = Math.max(habits.longestWait, Math.round(after));
  }

  /** A question to who logs in by PAP. */
  challenge(client: string): void {
    const habits = this.#of(client);
    if (habits) habits.challenges++;
  }

  /** @param took milliseconds from a request to its verdict */
  judged(client: string, took: number): void {
    const habits = this.#of(client);
    if (habits && took > habits.longestOpen) habits.longestOpen = Math.round(took);
  }

  /** Writes what was seen since the last time; what can't be written is kept for the next. Never rejects. */
  async write(): Promise<void> {
    await this.#writing;
    if (this.#seen.size === 0) return;
    this.#writing = this.#write();
    await this.#writing;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.write();
  }

  async #write(): Promise<void> {
    const { store, clock, onTrouble } = this.#options;
    const seen = this.#seen;
    this.#seen = new Map();
    try {
      const rows = [...seen].map(([client, habits]) => ({ client, habits }));
      await store.run(noteHabits, { day: dayOf(clock.wall()), seen: rows });
    } catch (error) {
      onTrouble(error);
      for (const [client, habits] of seen) {
        const now = this.#of(client);
        if (now) joinHabits(now, habits);
      }
    }
  }

  #of(client: string): CountedHabits | undefined {
    const known = this.#seen.get(client);
    if (known || this.#seen.size >= max) return known;
    const habits = noHabits();
    this.#seen.set(client, habits);
    return habits;
  }
}
