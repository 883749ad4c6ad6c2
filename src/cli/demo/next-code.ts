/** What is known of a token when its next code is wanted. */
export interface CodeQuestion {
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  /** Seconds. */
  readonly period: number;
  /** The highest step whose code was accepted; -1 if there is none. */
  readonly lastStep: number;
  /** Steps by which its clock was last taken to be ahead of ours. */
  readonly drift: number;
  /** Steps that a code may be early or late by that clock. */
  readonly window: number;
}

export interface NextCode {
  readonly step: number;
  /** Until its code is accepted, in milliseconds: 0 unless all that would be accepted now were used. */
  readonly wait: number;
  /** From then until it is accepted no more, in milliseconds. */
  readonly good: number;
  /** Whether it is of a step to come, since the one of now was used. */
  readonly early: boolean;
}

/**
 * The first code that would be accepted: that of the time step of now, or the first after those that were used (RFC 6238 §5.2). One that is early
 * by our own clock is offered only within the window, since each of them counts as drift.
 */
export function nextCode({ now, period, lastStep, drift, window }: CodeQuestion): NextCode {
  const length = period * 1000;
  const current = Math.floor(now / length);
  const step = Math.max(current, lastStep + 1, current + drift - window);
  const ahead = drift > window ? drift : Math.min(drift, 0);
  const from = Math.max(now, (step - window - ahead) * length);
  return { step, wait: from - now, good: (step + window - drift + 1) * length - from, early: step > current };
}
