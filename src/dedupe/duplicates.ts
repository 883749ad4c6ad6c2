import type { Clock } from '../clock.ts';
import { ExpiringCache } from '../expiring-cache.ts';

/** What identifies a request to duplicate detection: RFC 5080 §2.2.2. */
export interface RequestIdentity {
  /** Source address, canonical. */
  readonly address: string;
  readonly port: number;
  /** Names the socket it came to. */
  readonly socket: string;
  readonly identifier: number;
  /** The Request Authenticator, 16 octets. */
  readonly authenticator: Buffer;
  /** Whether a Message-Authenticator vouches for it. */
  readonly authentic: boolean;
}

/** That a request came again. Times are in milliseconds. */
export interface Copy {
  /** The first copy is 1. */
  readonly number: number;
  /** Since the request. */
  readonly after: number;
  /** Since the request or the copy before. */
  readonly gap: number;
}

export type Claim =
  | {
      readonly kind: 'new';
      /** It was answered so: its copies get the same bytes. */
      readonly settle: (reply: Buffer) => void;
      /** It will not be answered: its copies meet silence for as long. */
      readonly silence: () => void;
      /** Forget it: its next copy is worked on anew. */
      readonly release: () => void;
    }
  /** Its first copy is still being worked on: be silent. */
  | { readonly kind: 'pending'; readonly copy: Copy }
  /** Its first copy was answered: send these bytes again. */
  | { readonly kind: 'answered'; readonly reply: Buffer; readonly copy: Copy }
  /** No room: be silent, the NAS will try again. */
  | { readonly kind: 'full' };

/**
 * What is remembered of a request. Its octets are text, one character each: a Buffer takes 300 octets beside its own, and a small one keeps alive the 8 KiB
 * that Node has cut it from.
 */
interface Entry {
  readonly authenticator: string;
  readonly countedFor: string | undefined;
  reply: string | undefined;
  /** When it came, first and last, on the monotonic clock; and how often again. */
  readonly first: number;
  last: number;
  copies: number;
}

export interface DuplicatesOptions {
  readonly clock: Clock;
  /** How long an answer is repeated, from when it was given, in milliseconds. */
  readonly window: number;
  /** Requests remembered at most. */
  readonly max: number;
  /** Requests remembered at most for one source address, of those that no Message-Authenticator vouches for. */
  readonly maxUnauthentic: number;
  /** The same for all source addresses together, so that those that are vouched for always find room. */
  readonly maxUnauthenticInAll: number;
}

/**
 * Duplicate detection: RFC 5080 §2.2.2. A request that is authentic and bears a new authenticator replaces what its port and identifier
 * stood for. Where nothing vouches for a request its authenticator is part of the key, so that a stranger who writes another's
 * address can neither evict nor silence a login that is under way.
 */
export class Duplicates {
  readonly #clock: Clock;
  readonly #entries: ExpiringCache<Entry>;
  readonly #unauthentic = new Map<string, number>();
  readonly #maxUnauthentic: number;
  readonly #maxUnauthenticInAll: number;
  #unauthenticInAll = 0;

  constructor({ clock, window, max, maxUnauthentic, maxUnauthenticInAll }: DuplicatesOptions) {
    this.#clock = clock;
    this.#maxUnauthentic = maxUnauthentic;
    this.#maxUnauthenticInAll = maxUnauthenticInAll;
    this.#entries = new ExpiringCache<Entry>({
      clock,
      lifetime: window,
      max,
      onExpired: (entry) => this.#forget(entry),
    });
  }

  get size(): number {
    return this.#entries.size;
  }

  claim(request: RequestIdentity): Claim {
    const key = keyOf(request);
    const known = this.#entries.get(key);
    const authenticator = request.authenticator.toString('latin1');
    if (known?.authenticator === authenticator) {
      const copy = this.#copyOf(known);
      if (known.reply === undefined) return { kind: 'pending', copy };
      return { kind: 'answered', reply: Buffer.from(known.reply, 'latin1'), copy };
    }

    // Sweeping first lets entries that have ended make room.
    this.#entries.sweep();
    const countedFor = request.authentic ? undefined : request.address;
    const count = this.#unauthentic.get(request.address) ?? 0;
    const isOverBound = count >= this.#maxUnauthentic || this.#unauthenticInAll >= this.#maxUnauthenticInAll;
    if (countedFor !== undefined && isOverBound) return { kind: 'full' };
    const now = this.#clock.monotonic();
    const entry: Entry = { authenticator, countedFor, reply: undefined, first: now, last: now, copies: 0 };
    if (!this.#entries.hold(key, entry)) return { kind: 'full' };
    if (countedFor !== undefined) {
      this.#unauthentic.set(countedFor, count + 1);
      this.#unauthenticInAll++;
    }

    const stillOurs = (): boolean => this.#entries.get(key) === entry;
    return {
      kind: 'new',
      settle: (reply) => {
        if (!stillOurs()) return;
        entry.reply = reply.toString('latin1');
        this.#entries.set(key, entry);
      },
      silence: () => {
        if (stillOurs()) this.#entries.set(key, entry);
      },
      release: () => {
        if (!stillOurs()) return;
        this.#entries.delete(key);
        this.#forget(entry);
      },
    };
  }

  /** Removes answers whose window is over. */
  sweep(): void {
    this.#entries.sweep();
  }

  #copyOf(entry: Entry): Copy {
    const now = this.#clock.monotonic();
    const copy = { number: ++entry.copies, after: now - entry.first, gap: now - entry.last };
    entry.last = now;
    return copy;
  }

  #forget({ countedFor }: Entry): void {
    if (countedFor === undefined) return;
    this.#unauthenticInAll--;
    const left = (this.#unauthentic.get(countedFor) ?? 1) - 1;
    if (left > 0) this.#unauthentic.set(countedFor, left);
    else this.#unauthentic.delete(countedFor);
  }
}

function keyOf({ address, port, socket, identifier, authenticator, authentic }: RequestIdentity): string {
  const parts = [address, port, socket, identifier];
  // A template's text would keep each of its parts alive beside it.
  return (authentic ? parts : [...parts, authenticator.toString('latin1')]).join('|');
}
