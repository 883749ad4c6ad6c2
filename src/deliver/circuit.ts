import type { SendResult } from './channel.ts';

/** Failures after which a provider is asked last, and is an outage for whoever has no other. */
const patience = 3;
/** For how long, in milliseconds. */
const pause = 30_000;

/**
 * How a provider has done lately: pure, time is an argument (the monotonic clock, in milliseconds). What went wrong with the messages to one user counts once,
 * however often: it may be his number, which he perhaps chose for that. What fails whoever it is for counts each time.
 */
export class Circuit {
  /** Since it last worked, `patience` at most. */
  #failures = 0;
  /** To whom it failed, of those that count; once it is open, to whom last. */
  readonly #users = new Set<string>();
  #openUntil = -Infinity;
  #leftAloneUntil = -Infinity;

  /** Open: it fails whoever the message is for. Once the pause is over messages try it again. */
  isOpen(now: number): boolean {
    return now < this.#openUntil;
  }

  /** Whether others go before it: it is open, or asked to be left alone, which may be about one number and is no outage. */
  isLast(now: number): boolean {
    return this.isOpen(now) || now < this.#leftAloneUntil;
  }

  /**
   * @param user whom the message was for
   * @returns what changed, to be told: it failed too often, or works again
   */
  note(result: SendResult, user: string, now: number): 'opened' | 'closed' | undefined {
    const wasOpen = this.#failures >= patience;
    // A recipient that it does not take is no fault of its own.
    if (result.kind === 'sent' || (result.kind === 'refused' && result.permanent)) {
      this.#failures = 0;
      this.#users.clear();
      this.#openUntil = -Infinity;
      this.#leftAloneUntil = -Infinity;
      return wasOpen ? 'closed' : undefined;
    }
    if (result.kind === 'refused')
      this.#leftAloneUntil = Math.max(this.#leftAloneUntil, now + (result.retryAfter ?? 0));
    const isToAll = result.kind === 'refused' && result.toAll === true;
    if (!isToAll && this.#users.has(user)) return undefined;
    this.#failures = Math.min(this.#failures + 1, patience);
    // From here on anybody but the last one counts, so that nobody keeps it open alone.
    if (this.#failures === patience) this.#users.clear();
    this.#users.add(user);
    if (this.#failures < patience) return undefined;
    this.#openUntil = now + pause;
    return wasOpen ? undefined : 'opened';
  }
}
