import { Worker } from 'node:worker_threads';
import { OperatorError } from '../errors.ts';
import { reviveBuffers } from './revive-buffers.ts';
import type { SqliteOptions } from './sqlite-driver.ts';
import type { Failure, Request, ThreadMessage } from './sqlite-thread.ts';
import { StoreError, type Store, type Transaction } from './store.ts';

interface Pending {
  readonly resolve: (output: unknown) => void;
  readonly reject: (error: Error) => void;
}

export interface SqliteStoreOptions extends SqliteOptions {
  /** The module that calls serveSqlite with every transaction there is. */
  readonly thread: URL;
  /** Told if the thread dies, which only a bug or a want of memory does: nothing can be answered from then on. */
  readonly onDeath: (error: Error) => void;
}

/** Transactions under way at once; more are refused, since a queue without end only makes all of them late. */
const maxPending = 20_000;

/** The embedded store: a SQLite file served by a thread of its own, so that no wait for the disk or a lock stops the packets. */
export class SqliteStore implements Store {
  readonly #worker: Worker;
  readonly #pending = new Map<number, Pending>();
  readonly #exited: Promise<void>;
  #batch: Request[] = [];
  #lastId = 0;
  #dead: Error | undefined;

  private constructor(worker: Worker, onDeath: (error: Error) => void) {
    this.#worker = worker;
    worker.on('message', (message: ThreadMessage) => this.#receive(message));
    worker.on('error', (error) => {
      this.#die(error);
      onDeath(error);
    });
    this.#exited = new Promise((resolve) =>
      worker.once('exit', () => {
        if (!this.#dead) {
          const error = new Error("the store's thread has ended");
          this.#die(error);
          onDeath(error);
        }
        resolve();
      }),
    );
  }

  /** @throws OperatorError if the file, its schema or its key is not what it must be */
  static async open({ thread, onDeath, ...options }: SqliteStoreOptions): Promise<SqliteStore> {
    const worker = new Worker(thread, { workerData: options, name: 'store' });
    await new Promise<void>((resolve, reject) => {
      worker.once('error', reject);
      worker.once('message', (message: ThreadMessage) => {
        worker.off('error', reject);
        if (message.kind === 'unopened') reject(errorOf(message.failure));
        else resolve();
      });
    });
    return new SqliteStore(worker, onDeath);
  }

  run<Input, Output>(transaction: Transaction<Input, Output>, input: Input): Promise<Output> {
    if (this.#dead) return Promise.reject(new StoreError('the store is closed', { cause: this.#dead }));
    if (this.#pending.size >= maxPending) return Promise.reject(new StoreError('too many transactions under way'));
    const id = ++this.#lastId;
    const result = new Promise<unknown>((resolve, reject) => this.#pending.set(id, { resolve, reject }));
    // One message for all that this turn of the event loop asks.
    if (this.#batch.length === 0) setImmediate(() => this.#post());
    this.#batch.push({ id, name: transaction.name, input });
    return result as Promise<Output>;
  }

  /** Ends once everything asked before is answered. */
  async close(): Promise<void> {
    if (this.#dead) return;
    this.#post();
    this.#dead = new Error('closed');
    this.#worker.postMessage('close');
    await this.#exited;
    this.#die(this.#dead);
  }

  #post(): void {
    if (this.#batch.length > 0) this.#worker.postMessage(this.#batch);
    this.#batch = [];
  }

  #receive(message: ThreadMessage): void {
    if (message.kind !== 'responses') return;
    for (const response of message.responses) {
      const pending = this.#pending.get(response.id);
      this.#pending.delete(response.id);
      if ('failure' in response) pending?.reject(errorOf(response.failure));
      else pending?.resolve(reviveBuffers(response.output));
    }
  }

  #die(error: Error): void {
    this.#dead = error;
    for (const { reject } of this.#pending.values()) reject(new StoreError('the store is closed', { cause: error }));
    this.#pending.clear();
  }
}

function errorOf(failure: Failure): Error {
  if (failure.kind === 'operator') return new OperatorError(failure.code, failure.message);
  return failure.kind === 'store' ? new StoreError(failure.message) : new Error(failure.message);
}
