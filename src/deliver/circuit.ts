import type { SendResult } from './channel.ts';

/** Failures in a row after which a provider is asked last. */
const patience = 3;
/** For how long, in milliseconds. */
const pause = 30_000;

/** Whether a provider is to be asked before the others: pure, time is an argument (the monotonic clock, in milliseconds). */
export class Circuit {
  #failures = 0;
  #openUntil = -Infinity;

  /** Open: it failed lately, so others go before it. Once the pause is over one message tries it. */
  isOpen(now: number): boolean {
    return now < this.#openUntil;
  }

  /** @returns what changed, to be told: it failed too often, or works again */
  note(result: SendResult, now: number): 'opened' | 'closed' | undefined {
    // A recipient that it does not take is no fault of its own.
    if (result.kind === 'sent' || (result.kind === 'refused' && result.permanent)) {
      const wasOpen = this.#failures >= patience;
      this.#failures = 0;
      this.#openUntil = -Infinity;
      return wasOpen ? 'closed' : undefined;
    }
    this.#failures++;
    const asked = result.kind === 'refused' ? (result.retryAfter ?? 0) : 0;
    const until = now + Math.max(asked, this.#failures >= patience ? pause : 0);
    if (until > now) this.#openUntil = until;
    return this.#failures === patience ? 'opened' : undefined;
  }
}
