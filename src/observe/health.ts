import type { Clock } from '../clock.ts';
import type { UpstreamFigures } from '../figures/upstream.ts';

/** A `[[primary]]` that some client or realm names. */
export interface UsedPrimary {
  readonly name: string;
  /** Undefined if it has none, and is always there. */
  readonly servers: readonly UpstreamFigures[] | undefined;
}

export interface HealthOptions {
  readonly clock: Clock;
  readonly store: {
    /** What it said when it last could not; undefined once it has written since. */
    readonly trouble: object | undefined;
    /** For how long it has owed answers and given none, in milliseconds. */
    readonly silentFor: number;
  };
  /** Has the store commit a write that changes nothing. @throws Error */
  readonly probe: () => Promise<unknown>;
  readonly primaries: () => readonly UsedPrimary[];
}

/** How long the probe of a store may take, in milliseconds. */
const patience = 2_000;
/** For how long what a probe came to is believed, in milliseconds: however often somebody asks, the disk is written no more often. */
const believed = 5_000;
/** From when on a store that owes answers and gives none has hung, in milliseconds: each of its own time-outs is over by far. */
const hung = 60_000;

/**
 * Whether the service is alive, and whether it is ready for logins, with the reasons if not. Those tell no more than what is the matter: they go to clients
 * too, over networks that others read.
 */
export class Health {
  readonly #options: HealthOptions;
  readonly #timer: NodeJS.Timeout;
  #probedAt = -Infinity;
  #probing: Promise<void> | undefined;
  #isStopping = false;

  constructor(options: HealthOptions) {
    this.#options = options;
    // A store that failed and is asked for nothing since would stay in doubt for ever.
    this.#timer = setInterval(() => {
      if (options.store.trouble) void this.#probe();
    }, believed).unref();
  }

  /** From now on it is not ready. */
  stop(): void {
    this.#isStopping = true;
  }

  close(): void {
    clearInterval(this.#timer);
  }

  /** Why it should be started anew; undefined while it is alive. */
  dead(): string | undefined {
    const { silentFor } = this.#options.store;
    return silentFor < hung ? undefined : `the store has answered nothing for ${Math.round(silentFor / 1000)} s`;
  }

  /** Why it is not ready, as far as that is known without asking anybody; empty if it is. */
  known(): readonly string[] {
    const { trouble } = this.#options.store;
    return this.#because(trouble && 'the store cannot commit');
  }

  /** Why it is not ready: the store is asked, unless it was a moment ago and could commit. Empty if it is. */
  async unready(): Promise<readonly string[]> {
    const { clock, store } = this.#options;
    if (!store.trouble && clock.monotonic() - this.#probedAt < believed) return this.known();
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<true>((resolve) => (timer = setTimeout(resolve, patience, true)));
    const isLate = await Promise.race([this.#probe(), late]);
    clearTimeout(timer);
    return isLate ? this.#because(`the store has not committed within ${patience / 1000} s`) : this.known();
  }

  /** One at a time. What comes of it shows in the store's trouble. */
  #probe(): Promise<void> {
    this.#probing ??= this.#options
      .probe()
      .then(
        () => undefined,
        () => undefined,
      )
      .finally(() => {
        this.#probedAt = this.#options.clock.monotonic();
        this.#probing = undefined;
      });
    return this.#probing;
  }

  #because(store: string | undefined): readonly string[] {
    const primaries = this.#options.primaries();
    const isReachable = primaries.some(
      ({ servers }) => servers === undefined || servers.some(({ isHopeful }) => isHopeful),
    );
    return [
      ...(this.#isStopping ? ['the service is stopping'] : []),
      ...(store === undefined ? [] : [store]),
      ...(isReachable ? [] : ['no server of any primary answers']),
    ];
  }
}
