import type { Status } from './approval.ts';

export interface ApprovalWaitsOptions {
  /** Asks the store which of these are open no more. */
  readonly look: (ids: readonly string[]) => Promise<readonly { readonly id: string; readonly status: Status }[]>;
  /** How often, in milliseconds, while anybody waits. */
  readonly interval: number;
  readonly onTrouble: (error: unknown) => void;
}

type Waiter = (status: Status | 'stopped') => void;

/**
 * Requests that wait for an approval: a promise and a timer each. A page of this process tells at once; for the pages of other nodes the store is asked,
 * for all of them together.
 */
export class ApprovalWaits {
  readonly #options: ApprovalWaitsOptions;
  readonly #waiters = new Map<string, Set<Waiter>>();
  #timer: NodeJS.Timeout | undefined;
  #isStopped = false;

  constructor(options: ApprovalWaitsOptions) {
    this.#options = options;
  }

  /** Approvals that are waited for. */
  get size(): number {
    return this.#waiters.size;
  }

  /** @param limit milliseconds @returns what it came to; 'open' if nothing did in time; 'stopped' if the service ends */
  wait(id: string, limit: number): Promise<Status | 'stopped'> {
    if (this.#isStopped) return Promise.resolve('stopped');
    if (limit <= 0) return Promise.resolve('open');
    return new Promise((resolve) => {
      const waiters = this.#waiters.get(id) ?? new Set<Waiter>();
      this.#waiters.set(id, waiters);
      const waiter: Waiter = (status) => {
        clearTimeout(timer);
        waiters.delete(waiter);
        if (waiters.size === 0) this.#waiters.delete(id);
        resolve(status);
      };
      const timer = setTimeout(() => waiter('open'), limit);
      waiters.add(waiter);
      this.#arm();
    });
  }

  /** Wakes those who wait for it. */
  tell(id: string, status: Status | 'stopped'): void {
    for (const waiter of this.#waiters.get(id) ?? []) waiter(status);
  }

  /** Lets all go: their devices ask again, and find the answer where they ask. */
  stop(): void {
    this.#isStopped = true;
    clearTimeout(this.#timer);
    for (const id of this.#waiters.keys()) this.tell(id, 'stopped');
  }

  #arm(): void {
    if (this.#timer !== undefined || this.#isStopped) return;
    this.#timer = setTimeout(() => void this.#look(), this.#options.interval);
  }

  async #look(): Promise<void> {
    try {
      const ids = [...this.#waiters.keys()];
      for (const { id, status } of await this.#options.look(ids)) this.tell(id, status);
    } catch (error) {
      this.#options.onTrouble(error);
    } finally {
      this.#timer = undefined;
      if (this.#waiters.size > 0) this.#arm();
    }
  }
}
