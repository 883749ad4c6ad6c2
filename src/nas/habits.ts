/** What clients were seen to do, added up: sums first, then the largest seen. Times are in whole milliseconds. */
export interface Habits {
  /** Access-Requests, each once. */
  readonly requests: number;
  /** Of those without EAP, the ones with Message-Authenticator, and those without, dropped ones too. EAP cannot be without (RFC 3579 §3.2). */
  readonly signed: number;
  readonly unsigned: number;
  /** Of the signed ones, those with Proxy-State. */
  readonly proxied: number;
  /** Questions put to who logs in by PAP, and answers to them. */
  readonly challenges: number;
  readonly answers: number;
  /** Copies of requests (RFC 5080 §2.2.1), and of those the ones that came after the reply had left. */
  readonly copies: number;
  readonly lateCopies: number;
  /** From each copy back to what came before it, all together. */
  readonly gaps: number;
  /** Copies of one request. */
  readonly mostCopies: number;
  readonly longestGap: number;
  /** From a request to a copy of it that came before the reply had left: so long the client was seen to wait. */
  readonly longestWait: number;
  /** From a request to its verdict: for so long a client could have sent copies. */
  readonly longestOpen: number;
  /** When its last request came, in milliseconds since 1970 UTC; 0 if none did. */
  readonly lastAt: number;
}

export type CountedHabits = { -readonly [Habit in keyof Habits]: Habits[Habit] };

/** Those that are added up, in the order of the table; of the others the largest counts. */
export const summed = [
  'requests',
  'signed',
  'unsigned',
  'proxied',
  'challenges',
  'answers',
  'copies',
  'lateCopies',
  'gaps',
] as const satisfies readonly (keyof Habits)[];
export const largest = [
  'mostCopies',
  'longestGap',
  'longestWait',
  'longestOpen',
  'lastAt',
] as const satisfies readonly (keyof Habits)[];

export function noHabits(): CountedHabits {
  return {
    requests: 0,
    signed: 0,
    unsigned: 0,
    proxied: 0,
    challenges: 0,
    answers: 0,
    copies: 0,
    lateCopies: 0,
    gaps: 0,
    mostCopies: 0,
    longestGap: 0,
    longestWait: 0,
    longestOpen: 0,
    lastAt: 0,
  };
}

/** Adds what was seen elsewhere, or at another time. */
export function joinHabits(into: CountedHabits, more: Habits): void {
  for (const habit of summed) into[habit] += more[habit];
  for (const habit of largest) into[habit] = Math.max(into[habit], more[habit]);
}
