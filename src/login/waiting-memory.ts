import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { HmacKey } from '../hmac.ts';
import { randomOctets } from '../random.ts';
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

interface Entry {
  readonly login: WaitingLogin;
  readonly binding: Buffer;
  /** A digest of the answer that took it; undefined while it waits. */
  readonly answer: Buffer | undefined;
}

interface Answered {
  readonly binding: Buffer;
  readonly answer: Buffer;
  readonly verdict: Verdict;
}

const sweepEvery = 1_000;

/** Waiting logins of a single process: lost with it. */
export class MemoryWaitingLogins implements WaitingLogins {
  /** Those that wait, and those whose answer is being checked: both end with the challenge's lifetime. */
  readonly #entries: ExpiringCache<Entry>;
  readonly #answered: ExpiringCache<Answered>;
  /** How many of each owner's wait. */
  readonly #perUser = new Map<string, number>();
  #waiting = 0;
  /** How many of them wait at their primary. */
  #atPrimary = 0;
  readonly #maxAtPrimary: number;
  readonly #digestKey = new HmacKey('sha256', randomOctets(32));
  readonly #sweeper: NodeJS.Timeout;

  constructor({ lifetime, max, onAbandoned, clock }: WaitingOptions & { readonly clock: Clock }) {
    const onExpired = ({ login, answer }: Entry): void => {
      if (answer) return;
      this.#count(login, -1);
      onAbandoned(login);
    };
    this.#maxAtPrimary = Math.ceil(max * shareAtPrimary);
    this.#entries = new ExpiringCache({ lifetime, max, clock, onExpired });
    this.#answered = new ExpiringCache({ lifetime: answeredFor, max, clock });
    this.#sweeper = setInterval(() => void this.purge(), sweepEvery).unref();
  }

  get size(): number {
    return this.#waiting;
  }

  async put(login: WaitingLogin, binding: Buffer): Promise<Buffer | undefined> {
    if ((this.#perUser.get(ownerOf(login)) ?? 0) >= maxPerUser) return undefined;
    if (login.stage === 'primary' && this.#atPrimary >= this.#maxAtPrimary) return undefined;
    const handle = randomOctets(handleSize);
    if (!this.#entries.set(keyOf(handle), { login, binding, answer: undefined })) return undefined;
    this.#count(login, 1);
    return handle;
  }

  async take(handle: Buffer, binding: Buffer, answer: Buffer): Promise<Taken> {
    const key = keyOf(handle);
    const digest = this.#digestKey.digest(answer);
    const entry = this.#entries.get(key);
    if (entry?.binding.equals(binding) && !entry.answer) {
      this.#entries.replace(key, { ...entry, answer: digest });
      this.#count(entry.login, -1);
      return { kind: 'waiting', login: entry.login };
    }
    const taken = entry ?? this.#answered.get(key);
    if (!taken?.answer || !taken.binding.equals(binding) || !timingSafeEqual(taken.answer, digest))
      return { kind: 'unknown' };
    return 'verdict' in taken ? { kind: 'answered', verdict: taken.verdict } : { kind: 'pending' };
  }

  async settle(handle: Buffer, verdict: Verdict): Promise<void> {
    const key = keyOf(handle);
    const entry = this.#entries.get(key);
    if (!entry?.answer) return;
    this.#entries.delete(key);
    this.#answered.set(key, { binding: entry.binding, answer: entry.answer, verdict });
  }

  async release(handle: Buffer): Promise<void> {
    const key = keyOf(handle);
    const entry = this.#entries.get(key);
    if (!entry?.answer) return;
    this.#entries.replace(key, { ...entry, answer: undefined });
    this.#count(entry.login, 1);
  }

  /** Removes what has ended and tells of those that nobody answered. A timer does it every second. */
  async purge(): Promise<void> {
    this.#entries.sweep();
    this.#answered.sweep();
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
  }

  #count(login: WaitingLogin, change: 1 | -1): void {
    this.#waiting += change;
    if (login.stage === 'primary') this.#atPrimary += change;
    const owner = ownerOf(login);
    const count = (this.#perUser.get(owner) ?? 0) + change;
    if (count > 0) this.#perUser.set(owner, count);
    else this.#perUser.delete(owner);
  }
}

function keyOf(handle: Buffer): string {
  return handle.toString('latin1');
}
