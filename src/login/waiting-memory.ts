import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { randomOctets } from '../random.ts';
import type { Verdict } from './verdict.ts';
import {
  answeredFor,
  handleSize,
  type Taken,
  type WaitingLogin,
  type WaitingLogins,
  type WaitingOptions,
} from './waiting.ts';

interface Waiting {
  readonly login: WaitingLogin;
  readonly binding: Buffer;
}

interface Answered {
  readonly binding: Buffer;
  readonly answer: Buffer;
  /** Undefined while it is being checked. */
  readonly verdict: Verdict | undefined;
  /** To put it back. */
  readonly waiting: Waiting;
}

const sweepEvery = 1_000;

/** Waiting logins of a single process, in node-cache: lost with it. */
export class MemoryWaitingLogins implements WaitingLogins {
  readonly #waiting: ExpiringCache<Waiting>;
  readonly #answered: ExpiringCache<Answered>;
  readonly #digestKey = randomOctets(32);
  readonly #sweeper: NodeJS.Timeout;

  constructor({ lifetime, max, onAbandoned, clock }: WaitingOptions & { readonly clock: Clock }) {
    this.#waiting = new ExpiringCache({ lifetime, max, clock, onExpired: ({ login }) => onAbandoned(login) });
    this.#answered = new ExpiringCache({ lifetime: answeredFor, max, clock });
    this.#sweeper = setInterval(() => {
      this.#waiting.sweep();
      this.#answered.sweep();
    }, sweepEvery).unref();
  }

  async put(login: WaitingLogin, binding: Buffer): Promise<Buffer | undefined> {
    const handle = randomOctets(handleSize);
    return this.#waiting.set(keyOf(handle), { login, binding }) ? handle : undefined;
  }

  async take(handle: Buffer, binding: Buffer, answer: Buffer): Promise<Taken> {
    const key = keyOf(handle);
    const digest = createHmac('sha256', this.#digestKey).update(answer).digest();
    const waiting = this.#waiting.get(key);
    if (waiting?.binding.equals(binding)) {
      this.#waiting.delete(key);
      this.#answered.hold(key, { binding, answer: digest, verdict: undefined, waiting });
      return { kind: 'waiting', login: waiting.login };
    }
    const answered = this.#answered.get(key);
    if (!answered?.binding.equals(binding) || !timingSafeEqual(answered.answer, digest)) return { kind: 'unknown' };
    return answered.verdict ? { kind: 'answered', verdict: answered.verdict } : { kind: 'pending' };
  }

  async settle(handle: Buffer, verdict: Verdict): Promise<void> {
    const key = keyOf(handle);
    const answered = this.#answered.get(key);
    if (answered) this.#answered.set(key, { ...answered, verdict });
  }

  async release(handle: Buffer): Promise<void> {
    const key = keyOf(handle);
    const answered = this.#answered.get(key);
    if (!answered) return;
    this.#answered.delete(key);
    this.#waiting.set(key, answered.waiting);
  }

  async close(): Promise<void> {
    clearInterval(this.#sweeper);
  }
}

function keyOf(handle: Buffer): string {
  return handle.toString('latin1');
}
