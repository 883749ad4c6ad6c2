import { timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { HmacKey } from '../hmac.ts';
import { randomOctets } from '../random.ts';
import { pack, unpackLogin } from './packed.ts';
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

/** Octets are text, one character each: a Buffer takes 300 octets beside its own, and a small one keeps alive the 8 KiB that Node has cut it from. */
interface Entry {
  /** Packed. */
  readonly login: string;
  readonly binding: string;
  /** A digest of the answer that took it; undefined while it waits. */
  readonly answer: string | undefined;
}

interface Answered {
  readonly binding: string;
  readonly answer: string;
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
      if (answer !== undefined) return;
      const abandoned = unpackLogin(octetsOf(login));
      this.#count(abandoned, -1);
      onAbandoned(abandoned);
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
    if (!this.#entries.set(textOf(handle), { login: textOf(pack(login)), binding: textOf(binding), answer: undefined }))
      return undefined;
    this.#count(login, 1);
    return handle;
  }

  async take(handle: Buffer, binding: Buffer, answer: Buffer): Promise<Taken> {
    const key = textOf(handle);
    const bound = textOf(binding);
    const digest = this.#digestKey.digest(answer);
    const entry = this.#entries.get(key);
    if (entry?.binding === bound && entry.answer === undefined) {
      this.#entries.replace(key, { ...entry, answer: textOf(digest) });
      const login = unpackLogin(octetsOf(entry.login));
      this.#count(login, -1);
      return { kind: 'waiting', login };
    }
    const taken = entry ?? this.#answered.get(key);
    if (taken?.answer === undefined || taken.binding !== bound) return { kind: 'unknown' };
    if (!timingSafeEqual(octetsOf(taken.answer), digest)) return { kind: 'unknown' };
    return 'verdict' in taken ? { kind: 'answered', verdict: taken.verdict } : { kind: 'pending' };
  }

  async settle(handle: Buffer, verdict: Verdict): Promise<void> {
    const key = textOf(handle);
    const entry = this.#entries.get(key);
    if (entry?.answer === undefined) return;
    this.#entries.delete(key);
    this.#answered.set(key, { binding: entry.binding, answer: entry.answer, verdict });
  }

  async release(handle: Buffer): Promise<void> {
    const key = textOf(handle);
    const entry = this.#entries.get(key);
    if (entry?.answer === undefined) return;
    this.#entries.replace(key, { ...entry, answer: undefined });
    this.#count(unpackLogin(octetsOf(entry.login)), 1);
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

function textOf(octets: Buffer): string {
  return octets.toString('latin1');
}

function octetsOf(text: string): Buffer {
  return Buffer.from(text, 'latin1');
}
