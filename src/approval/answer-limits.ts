import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';
import { RateLimit } from '../rate-limit.ts';

const hour = 3_600_000;
/**
 * Wrong yeses of one number that are looked at in an hour: so many guesses at a reference has who knows the password and fakes the number. At 30 bits
 * (newReference) one of a thousand is right with a chance below one in a million for each login that is open, of which there are `[approval] limit` at most;
 * ten guesses at a code of six digits, which `[lockout]` allows, come to ten times that. Far fewer would hardly be safer, and make it cheap to keep the
 * user's own yes from being looked at: until it has been, nothing tells a right one from a guess. What is no guess at letting in is not counted: a yes that
 * was right, a no, a report, words that are no answer.
 */
const wrongPerSender = 1_000;
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
    this.#senders = new RateLimit({ clock, most: wrongPerSender, window: hour, addresses: remembered });
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

  /** Whether one more yes of a number is looked at. It is counted before that, as a guess. */
  admitsGuess(from: string): boolean {
    return this.#senders.admits(from);
  }

  /** It was none: it was right, or could not be looked at, and comes again. */
  wasNoGuess(from: string): void {
    this.#senders.giveBack(from);
  }

  /** Whether one more explanation goes to a number, and counts it. */
  mayExplain(to: string): boolean {
    return this.#told.admits(to) && this.#toldInAll.admits('all');
  }
}
