import type { Clock } from '../clock.ts';
import type { Logger } from '../observe/logger.ts';
import type { Store } from '../store/store.ts';
import type { AuditEvent } from './event.ts';
import { beginStream, nextEvents, noteSent, type Sent } from './next-events.ts';
import type { Sink } from './sink.ts';

export interface EventStreamOptions {
  readonly name: string;
  readonly store: Store;
  readonly sink: Sink;
  readonly write: (event: AuditEvent) => Buffer;
  /** How often it is looked for new rows, in milliseconds. */
  readonly poll: number;
  /** How long a connection must last after rows went into it for them to count as sent, in milliseconds: no receiver confirms anything. */
  readonly settle: number;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Rows sent, and in memory, at once. */
const pageSize = 200;
/** How long it waits after a failure, at first and at most, in milliseconds. */
const firstDelay = 1_000;
const longestDelay = 30_000;

/**
 * Sends the rows of this node's audit to one receiver, each at least once: they wait in the store, and what was sent is remembered there, so that neither a
 * receiver that is down nor a restart loses any. What went into a connection shortly before it broke is sent again. No login waits for it.
 */
export class EventStream {
  readonly #options: EventStreamOptions;
  readonly #running: Promise<void>;
  #stopped = false;
  #wake: () => void = () => undefined;
  #failures = 0;
  /** What went into the connection and is not noted as sent yet, the oldest first. */
  #unsettled: { readonly at: number; readonly sent: readonly Sent[] }[] = [];

  constructor(options: EventStreamOptions) {
    this.#options = options;
    this.#running = this.#run();
  }

  get name(): string {
    return this.#options.name;
  }

  /** Whether the receiver took what it was last sent. */
  get isUp(): boolean {
    return this.#failures === 0;
  }

  /** Gives up what is under way: it is sent again after the next start. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#options.sink.close();
    this.#wake();
    await this.#running;
  }

  /** Notes as sent what went into a connection that has lasted so long since, in milliseconds. */
  async #settle(age: number): Promise<void> {
    const { name, store, sink, clock } = this.#options;
    sink.check();
    const until = clock.monotonic() - age;
    const settled = this.#unsettled.filter(({ at }) => at <= until);
    if (settled.length === 0) return;
    await store.run(noteSent, { stream: name, sent: lastOf(settled.flatMap(({ sent }) => sent)) });
    this.#unsettled = this.#unsettled.filter(({ at }) => at > until);
  }

  async #run(): Promise<void> {
    let begun = false;
    while (!this.#stopped) {
      let more = false;
      try {
        if (!begun) await this.#options.store.run(beginStream, this.#options.name);
        begun = true;
        await this.#settle(this.#options.settle);
        more = await this.#sendPage();
        if (this.#failures > 0) this.#log('info', 'events of the audit are received again');
        this.#failures = 0;
      } catch (error) {
        // It may not have arrived.
        this.#unsettled = [];
        if (this.#stopped) return;
        // Once, not at every try.
        if (this.#failures++ === 0)
          this.#log('warn', 'events of the audit could not be sent: they wait in the store', error);
      }
      if (!more && !this.#stopped) await this.#pause();
    }
  }

  /** @returns whether there may be more */
  async #sendPage(): Promise<boolean> {
    const { name, store, sink, write, clock } = this.#options;
    const after = lastOf(this.#unsettled.flatMap(({ sent }) => sent));
    const { events, lost, purged } = await store.run(nextEvents, { stream: name, after, limit: pageSize });
    if (lost > 0) {
      // Before it is told and whether the rest can be sent or not: else the next try tells it again.
      await store.run(noteSent, { stream: name, sent: purged });
      this.#log('error', `${lost} events of the audit were purged before they could be sent`);
    }
    if (events.length === 0) return false;
    await sink.send(events.map(write));
    this.#unsettled.push({ at: clock.monotonic(), sent: lastOf(events) });
    return events.length === pageSize;
  }

  #pause(): Promise<void> {
    const { poll } = this.#options;
    const wait = this.#failures === 0 ? poll : Math.min(longestDelay, firstDelay * 2 ** (this.#failures - 1));
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, wait).unref();
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  #log(level: 'info' | 'warn' | 'error', message: string, error?: unknown): void {
    const why = error instanceof Error ? { why: error.message } : {};
    this.#options.logger[level]({ siem: this.#options.name, ...why }, message);
  }
}

/** The last number of each chain. */
function lastOf(sent: readonly Sent[]): Sent[] {
  return Array.from(new Map(sent.map(({ chain, seq }) => [chain, seq])), ([chain, seq]) => ({ chain, seq }));
}
