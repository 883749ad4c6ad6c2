import { systemClock } from '../../src/clock.ts';
import type { Provider } from '../../src/deliver/channel.ts';
import { DeliveryWorker } from '../../src/deliver/worker.ts';
import type { Settled } from '../../src/store/settle-message.ts';
import { Journal } from '../peer/journal.ts';
import { GatedStore } from './gated-store.ts';
import { memoryLogger } from './memory-logger.ts';
import { sharedStore } from './shared-store.ts';

/** A worker over the outbox of a store, which is empty before each test. */
export class WorkerScene {
  readonly settled = new Journal<{ readonly id: string; readonly state: Settled }>();
  readonly #shared = sharedStore();
  #gated = new GatedStore(() => this.scratch.store);
  #log = memoryLogger();
  #worker: DeliveryWorker | undefined;

  /** To be called where the suite is described. */
  constructor() {
    beforeEach(() => {
      this.settled.entries.length = 0;
      this.#log = memoryLogger();
      this.#gated = new GatedStore(() => this.scratch.store);
    });
    afterEach(() => this.#worker?.stop(1_000));
  }

  get scratch(): ReturnType<typeof sharedStore>['scratch'] {
    return this.#shared.scratch;
  }

  /** What the worker has of it. */
  get gated(): GatedStore {
    return this.#gated;
  }

  get lines(): ReturnType<typeof memoryLogger>['lines'] {
    return this.#log.lines;
  }

  get worker(): DeliveryWorker | undefined {
    return this.#worker;
  }

  /** @param most messages of one kind under way at once */
  start(providers: readonly Provider[], most: number): void {
    this.#worker = new DeliveryWorker({
      store: this.#gated,
      providers,
      concurrency: { sms: most, voice: most, email: most, notify: most, push: most },
      clock: systemClock,
      logger: this.#log.logger,
      // The shortest delay of a retry: half of it.
      random: (size) => Buffer.alloc(size),
      lease: 12_000,
      poll: 60_000,
      keep: 3_600_000,
      onSettled: (id, state) => this.settled.add({ id, state }),
    });
    this.#worker.start();
  }
}
