/** Why a task was not run. */
export type NotRun = 'full' | 'late';

interface Waiting {
  readonly deadline: number;
  readonly start: (why: NotRun | undefined) => void;
}

export interface FairQueueOptions {
  /** Tasks that run at once. */
  readonly concurrent: number;
  /** Tasks that wait for each key, at most. */
  readonly perKey: number;
  /** The clock that deadlines are told by, in milliseconds. */
  readonly now: () => number;
}

/** Runs costly tasks a few at a time, one key after the other in turn: who floods it delays only his own. */
export class FairQueue {
  readonly #options: FairQueueOptions;
  readonly #waiting = new Map<string, Waiting[]>();
  #running = 0;

  constructor(options: FairQueueOptions) {
    this.#options = options;
  }

  /** @param deadline a task whose turn comes later is not run @returns what the task gives, or why it was not run */
  async run<T>(key: string, deadline: number, task: () => Promise<T>): Promise<T | NotRun> {
    const why = await this.#turn(key, deadline);
    if (why) return why;
    try {
      return await task();
    } finally {
      this.#running--;
      this.#next();
    }
  }

  #turn(key: string, deadline: number): Promise<NotRun | undefined> {
    const queue = this.#waiting.get(key) ?? [];
    if (queue.length >= this.#options.perKey) return Promise.resolve('full');
    return new Promise((resolve) => {
      queue.push({ deadline, start: resolve });
      this.#waiting.set(key, queue);
      this.#next();
    });
  }

  #next(): void {
    while (this.#running < this.#options.concurrent) {
      const [entry] = this.#waiting;
      if (!entry) return;
      const [key, queue] = entry;
      const waiting = queue.shift();
      // To the end of the round, behind the other keys.
      this.#waiting.delete(key);
      if (queue.length > 0) this.#waiting.set(key, queue);
      if (!waiting) continue;
      if (this.#options.now() >= waiting.deadline) {
        waiting.start('late');
        continue;
      }
      this.#running++;
      waiting.start(undefined);
    }
  }
}
