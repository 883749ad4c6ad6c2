import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { RateLimit } from '../rate-limit.ts';

const hour = 3_600_000;
/** Answers that are looked at, of one number in an hour: so many guesses at a reference has who fakes it. */
const perSender = 20;
/** Explanations to one number in an hour, and to all: a machine that answers them ends there, and each costs money. */
const explanations = { sender: 3, all: 100 } as const;
/** The ids of texts that were dealt with: a provider asks again if it heard no answer. */
const remembered = 10_000;

/** What is known of answers by text beyond one of them: it outlives a config that is read anew. */
export class AnswerLimits {
  readonly #taken: ExpiringCache<true>;
  readonly #senders: RateLimit;
  readonly #told: RateLimit;
  readonly #toldInAll: RateLimit;

  constructor(clock: Clock) {
    this.#taken = new ExpiringCache({ clock, lifetime: hour, max: remembered });
    this.#senders = new RateLimit({ clock, most: perSender, window: hour, addresses: remembered });
    this.#told = new RateLimit({ clock, most: explanations.sender, window: hour, addresses: remembered });
    this.#toldInAll = new RateLimit({ clock, most: explanations.all, window: hour, addresses: 1 });
  }

  /** @returns false if this text was taken before */
  take(provider: string, id: string): boolean {
    const key = `${provider} ${id}`;
    if (this.#taken.get(key)) return false;
    this.#taken.set(key, true);
    return true;
  }

  /** It was not dealt with: it may come again. */
  giveBack(provider: string, id: string): void {
    this.#taken.delete(`${provider} ${id}`);
  }

  /** Whether one more text of a number is looked at, and counts it. */
  admits(from: string): boolean {
    return this.#senders.admits(from);
  }

  /** Whether one more explanation goes to a number, and counts it. */
  mayExplain(to: string): boolean {
    return this.#told.admits(to) && this.#toldInAll.admits('all');
  }
}
