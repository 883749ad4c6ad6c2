import type { Method } from '../policy/decide.ts';
import type { TransactionContext } from '../store/store.ts';

/** How far a code may be off. */
export interface Windows {
  /** TOTP steps before and after the current one. */
  readonly totp: number;
  /** HOTP counters after the expected one: RFC 4226 §7.2. */
  readonly hotp: number;
  /** Whether two consecutive codes at the prompt take a token in again that is further off: RFC 4226 §7.4. */
  readonly resyncAtPrompt: boolean;
}

/** An answer to a challenge, to be held against what the user has. */
export interface Answer {
  readonly userId: string;
  /** As it was typed. */
  readonly octets: Buffer;
  /** Milliseconds since 1970 UTC. */
  readonly now: number;
  readonly windows: Windows;
  /** Which login is being answered, or `laterLoginAt` its client: a code that was sent is good for that one alone. */
  readonly loginId: string;
}

export type CheckResult =
  /** @property token the serial number or name of the token that showed the code, if one did */
  | { readonly kind: 'right'; readonly token?: string }
  /** It was right once, and has been accepted already. */
  | { readonly kind: 'used' }
  | { readonly kind: 'wrong' };

/** A second factor: one file per kind. */
export interface Factor {
  readonly method: Method;
  /**
   * Compares an answer and marks it used, by compare-and-set, inside the transaction that counted the attempt. Constant time where it compares.
   */
  readonly check: (context: TransactionContext, answer: Answer) => Promise<CheckResult>;
}
