import { setTimeout as elapsed } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import { newCalls, type ProviderFigures } from '../figures/provider.ts';
import type { Tally } from '../figures/tally.ts';
import { Timings } from '../figures/timings.ts';
import type { Logger } from '../observe/logger.ts';
import { carriers, type Carrier } from '../policy/carrier.ts';
import { bootId, type HostTime } from '../store/host-time.ts';
import { noteReceipt, type Receipt } from '../store/note-receipt.ts';
import { purgeOutbox } from '../store/purge-outbox.ts';
import { settleMessage, type Sending, type Settled } from '../store/settle-message.ts';
import { takeMessages, type TakenMessage } from '../store/take-messages.ts';
import type { Store } from '../store/store.ts';
import type { Provider } from './channel.ts';
import { Circuit } from './circuit.ts';
import { sendInOrder, type Line, type Tried } from './send-in-order.ts';

export interface WorkerOptions {
  readonly store: Store;
  /** In the order in which they are asked. */
  readonly providers: readonly Provider[];
  /** Messages under way at once, of each kind. */
  readonly concurrency: Readonly<Record<Carrier, number>>;
  readonly clock: Clock;
  readonly logger: Logger;
  /** Random octets: names the worker, and spreads retries. */
  readonly random: (size: number) => Buffer;
  /** How long a message that was taken is this worker's alone, in milliseconds; every call ends before. */
  readonly lease: number;
  /** How often the outbox is looked at unasked, in milliseconds. */
  readonly poll: number;
  /** How long messages that have ended are shown, in milliseconds. */
  readonly keep: number;
  /** Told what became of each message. */
  readonly onSettled?: (id: string, state: Settled) => void;
}

/** Of a lease, in milliseconds: to write down what came of it. */
const margin = 2_000;
/** Rounds over the providers, at most. */
const maxTries = 6;
const firstDelay = 2_000;
const longestDelay = 30_000;
/** What is of use for longer than any code is tried on and on, this often: a mail to an administrator outlasts a mail server that is down. */
const lasting = 10 * 60_000;
/** Receipts that name no message yet, and when they are looked at once more, in milliseconds: the message may still be being written down. */
const mostEarly = 1_000;
const earlyPause = 3_000;
const purgeEvery = 60_000;
const purgeLimit = 500;

/**
 * Sends what is queued in the outbox: as many at once as each channel may, each within its lease, over the providers in their order, and again later if
 * none has taken it. Any number of workers may run, in any number of processes on the store.
 */
export class DeliveryWorker {
  readonly #options: WorkerOptions;
  readonly #lines: readonly Line[];
  readonly #figures: ReadonlyMap<string, { readonly calls: Tally; readonly took: Timings }>;
  readonly #owner: string;
  readonly #boot = bootId();
  readonly #underWay = new Set<Promise<void>>();
  readonly #early = new Map<NodeJS.Timeout, Receipt>();
  readonly #busy: Record<Carrier, number> = { sms: 0, voice: 0, email: 0, notify: 0, push: 0 };
  #taking: Promise<void> | undefined;
  #again = false;
  #stopped = true;
  #timer: NodeJS.Timeout | undefined;
  #purger: NodeJS.Timeout | undefined;

  constructor(options: WorkerOptions) {
    this.#options = options;
    this.#lines = options.providers.map((provider) => ({ provider, circuit: new Circuit() }));
    this.#figures = new Map(
      options.providers.map(({ name, methods }) => [name, { calls: newCalls(methods), took: new Timings() }]),
    );
    this.#owner = options.random(16).toString('hex');
  }

  /** What is known of each provider, in their order. */
  get providers(): readonly ProviderFigures[] {
    const now = this.#options.clock.monotonic();
    return this.#lines.flatMap(({ provider: { name }, circuit }) => {
      const figures = this.#figures.get(name);
      return figures ? [{ provider: name, isUp: !circuit.isOpen(now), ...figures }] : [];
    });
  }

  /** Whether each provider that could send by a method has failed lately, for several users or for all: what is queued is likely to wait. */
  isDown(method: Carrier): boolean {
    const now = this.#options.clock.monotonic();
    const able = this.#lines.filter(({ provider }) => provider.methods.includes(method));
    return able.length > 0 && able.every(({ circuit }) => circuit.isOpen(now));
  }

  /** Messages that are being sent. */
  get underWay(): number {
    return this.#underWay.size;
  }

  /** Begins with what is queued already. */
  start(): void {
    this.#stopped = false;
    for (const { channel } of this.#options.providers) channel.open?.();
    this.#purger = setInterval(() => void this.#purge(), purgeEvery).unref();
    this.nudge();
  }

  /** There may be something to send: to be called once the transaction that queued it is committed. */
  nudge(): void {
    if (this.#stopped) return;
    if (this.#taking) {
      this.#again = true;
      return;
    }
    clearTimeout(this.#timer);
    this.#taking = this.#take().finally(() => {
      this.#taking = undefined;
      if (!this.#again) return;
      this.#again = false;
      this.nudge();
    });
  }

  /** Takes nothing more and lets what is under way end, for `patience` milliseconds at most; what is left is sent by whoever takes it next. */
  async stop(patience: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    clearInterval(this.#purger);
    await this.#taking;
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience)));
    await Promise.race([Promise.allSettled(this.#underWay), late]);
    clearTimeout(timer);
    await Promise.allSettled(this.#options.providers.map(({ channel }) => channel.close()));
    await Promise.all(Array.from(this.#early, (early) => this.#noteAgain(...early)));
  }

  /** What a provider says later of a message that it took; of one that is not known nothing is kept. @throws StoreError if it may come again */
  async noteReceipt(receipt: Receipt): Promise<void> {
    const { store, logger } = this.#options;
    const { provider, status } = receipt;
    logger.debug({ provider, receipt: status }, 'a delivery receipt came');
    if ((await store.run(noteReceipt, receipt)) || this.#early.size >= mostEarly) return;
    const timer = setTimeout(() => void this.#noteAgain(timer, receipt), earlyPause).unref();
    this.#early.set(timer, receipt);
  }

  async #noteAgain(timer: NodeJS.Timeout, receipt: Receipt): Promise<void> {
    const { store, logger } = this.#options;
    clearTimeout(timer);
    this.#early.delete(timer);
    try {
      if (await store.run(noteReceipt, receipt)) return;
      logger.debug({ provider: receipt.provider }, 'a delivery receipt names no message that is known');
    } catch (error) {
      logger.warn({ err: error }, 'a delivery receipt could not be kept');
    }
  }

  async #take(): Promise<void> {
    const { store, clock, concurrency, lease, poll, logger } = this.#options;
    const room = { sms: 0, voice: 0, email: 0, notify: 0, push: 0 };
    for (const method of carriers) room[method] = concurrency[method] - this.#busy[method];
    let next = poll;
    try {
      // Before it is asked: what was taken is ours for the lease from then on at least.
      const asked = clock.monotonic();
      const taking = { owner: this.#owner, room, time: this.#time(), lease, wall: clock.wall() };
      const { taken, ended, wait } = await store.run(takeMessages, taking);
      for (const { id, method, target, why } of ended) {
        logger.warn({ message: id, method, target }, `message given up: ${why}`);
        this.#options.onSettled?.(id, 'abandoned');
      }
      for (const message of taken) this.#begin(message, asked + lease - margin);
      if (wait !== null && carriers.some((method) => this.#busy[method] < concurrency[method]))
        next = Math.min(poll, wait + 1);
    } catch (error) {
      logger.error({ err: error }, 'the outbox could not be looked at');
    }
    // Else a message that is due and nobody has room for would be asked for without end.
    if (!this.#stopped) this.#timer = setTimeout(() => this.nudge(), Math.max(next, 50)).unref();
  }

  #begin(message: TakenMessage, deadline: number): void {
    const { method } = message;
    this.#busy[method]++;
    const work = this.#deliver(message, deadline)
      .catch((error: unknown) =>
        this.#options.logger.error({ message: message.id, err: error }, 'a defect of radgate, please report it'),
      )
      .finally(() => {
        this.#busy[method]--;
        this.#underWay.delete(work);
        this.nudge();
      });
    this.#underWay.add(work);
  }

  async #deliver(message: TakenMessage, deadline: number): Promise<void> {
    const { clock, logger, onSettled } = this.#options;
    const { id, method, target, envelope, tries, life } = message;
    const started = clock.monotonic();
    const tried = await sendInOrder({
      id,
      method,
      envelope,
      lines: this.#lines,
      deadline: Math.min(deadline, started + life),
      monotonic: () => clock.monotonic(),
      onTried: (each, line, took) => this.#noteTried(message, each, line, took),
    });
    const sending = this.#conclude(message, tried);
    const state = await this.#settle(message, sending, deadline + margin);
    const facts = { message: id, method, target, tries, ms: Math.round(clock.monotonic() - started) };
    if (sending.kind === 'sent') logger.info({ ...facts, provider: sending.provider }, 'message sent');
    else if (state === 'queued') logger.warn(facts, `message not sent yet: ${sending.why}`);
    else logger.error(facts, `message not sent: ${sending.why}`);
    if (state === 'lost') logger.warn(facts, 'what came of a message was not written down: it may be sent once more');
    onSettled?.(id, state);
  }

  #conclude({ method, tries, life }: TakenMessage, tried: readonly Tried[]): Sending {
    const whys: string[] = [];
    let final = true;
    for (const { provider, result } of tried) {
      if (result.kind === 'sent') return { kind: 'sent', provider, providerId: result.providerId };
      whys.push(`${provider}: ${result.why}`);
      final &&= result.kind === 'refused' && result.permanent;
    }
    const able = this.#lines.filter(({ provider }) => provider.methods.includes(method));
    if (able.length === 0) return { kind: 'failed', why: `no [[provider]] has the channel "${method}"` };
    const why = whys.length === 0 ? 'there was no time left to send it' : whys.join('; ');
    // Each has refused this very message for good.
    if (final && tried.length === able.length) return { kind: 'failed', why };
    const isLasting = life > lasting;
    if (tries >= maxTries && !isLasting) return { kind: 'failed', why };
    const delay = Math.min(isLasting ? lasting : longestDelay, firstDelay * 2 ** (tries - 1));
    // Half of it to three halves, so that what failed together doesn't come back together.
    return { kind: 'later', why, delay: Math.round(delay * (0.5 + this.#options.random(2).readUInt16BE() / 65_536)) };
  }

  /** Tries until the lease is over: a message that was sent and isn't written down is sent again. */
  async #settle({ id, tries }: TakenMessage, sending: Sending, leaseEnd: number): Promise<Settled> {
    const { store, clock, logger } = this.#options;
    for (let pause = 100; ; pause = Math.min(2 * pause, 2_000)) {
      try {
        const input = { id, owner: this.#owner, tries, sending, time: this.#time(), wall: clock.wall() };
        return await store.run(settleMessage, input);
      } catch (error) {
        logger.error({ message: id, err: error }, 'what came of a message could not be written down');
        if (clock.monotonic() + pause >= leaseEnd) return 'lost';
        await elapsed(pause);
      }
    }
  }

  #noteTried({ id, userId, method }: TakenMessage, { provider, result }: Tried, { circuit }: Line, took: number): void {
    const { logger, clock } = this.#options;
    const figures = this.#figures.get(provider);
    figures?.calls.add(method, result.kind);
    figures?.took.add(took);
    const change = circuit.note(result, userId, clock.monotonic());
    if (result.kind !== 'sent')
      logger.warn(
        { message: id, method, provider, result: result.kind },
        `a provider did not take a message: ${result.why}`,
      );
    if (change === 'opened')
      logger.error(
        { provider },
        'a provider has failed several times in a row: others are asked before it for a while',
      );
    if (change === 'closed') logger.info({ provider }, 'a provider works again');
  }

  async #purge(): Promise<void> {
    const { store, clock, keep, logger } = this.#options;
    try {
      while ((await store.run(purgeOutbox, { wall: clock.wall(), keep, limit: purgeLimit })) >= purgeLimit);
    } catch (error) {
      logger.warn({ err: error }, 'old messages could not be removed');
    }
  }

  #time(): HostTime {
    return { boot: this.#boot, now: Math.floor(this.#options.clock.monotonic()) };
  }
}
