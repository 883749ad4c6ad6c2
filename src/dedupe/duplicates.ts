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
  | { readonly kind: 'pending' }
  /** Its first copy was answered: send these bytes again. */
  | { readonly kind: 'answered'; readonly reply: Buffer }
  /** No room: be silent, the NAS will try again. */
  | { readonly kind: 'full' };

interface Entry {
  readonly authenticator: Buffer;
  readonly countedFor: string | undefined;
  readonly reply: Buffer | undefined;
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
  readonly #entries: ExpiringCache<Entry>;
  readonly #unauthentic = new Map<string, number>();
  readonly #maxUnauthentic: number;
  readonly #maxUnauthenticInAll: number;
  #unauthenticInAll = 0;

  constructor({ clock, window, max, maxUnauthentic, maxUnauthenticInAll }: DuplicatesOptions) {
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
    if (known?.authenticator.equals(request.authenticator))
      return known.reply ? { kind: 'answered', reply: known.reply } : { kind: 'pending' };

    // Sweeping first lets entries that have ended make room.
    this.#entries.sweep();
    const countedFor = request.authentic ? undefined : request.address;
    const count = this.#unauthentic.get(request.address) ?? 0;
    const isOverBound = count >= this.#maxUnauthentic || this.#unauthenticInAll >= this.#maxUnauthenticInAll;
    if (countedFor !== undefined && isOverBound) return { kind: 'full' };
    const entry: Entry = { authenticator: Buffer.from(request.authenticator), countedFor, reply: undefined };
    if (!this.#entries.hold(key, entry)) return { kind: 'full' };
    if (countedFor !== undefined) {
      this.#unauthentic.set(countedFor, count + 1);
      this.#unauthenticInAll++;
    }

    const stillOurs = (): boolean => this.#entries.get(key) === entry;
    return {
      kind: 'new',
      settle: (reply) => {
        if (stillOurs()) this.#entries.set(key, { ...entry, reply });
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

  #forget({ countedFor }: Entry): void {
    if (countedFor === undefined) return;
    this.#unauthenticInAll--;
    const left = (this.#unauthentic.get(countedFor) ?? 1) - 1;
    if (left > 0) this.#unauthentic.set(countedFor, left);
    else this.#unauthentic.delete(countedFor);
  }
}

function keyOf({ address, port, socket, identifier, authenticator, authentic }: RequestIdentity): string {
  const key = `${address}|${port}|${socket}|${identifier}`;
  return authentic ? key : `${key}|${authenticator.toString('latin1')}`;
}
