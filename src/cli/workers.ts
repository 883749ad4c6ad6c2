import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../observe/logger.ts';

/** Tells a process which of the workers it is, from 2 on: the first is the one that was started. */
const variable = 'RADGATE_WORKER';
const restartAfter = 1_000;

/** Which of the workers this process is. @returns 1 for the one that was started */
export function workerIndex(environment: NodeJS.ProcessEnv): number {
  return Number(environment[variable] ?? 1);
}

/** Tells the first process that this one serves. The way to it keeps no process from ending. */
export function tellServing(): void {
  process.send?.('serving');
  process.channel?.unref();
}

export interface WorkersOptions {
  /** Of all, the first included. */
  readonly count: number;
  readonly logger: Logger;
  /** How long they may take to stop, in milliseconds; then they are killed. */
  readonly patience: number;
}

/** The other processes that serve the same ports: started like the first, anew if they end, reloaded and stopped with it. */
export class Workers {
  readonly #options: WorkersOptions;
  readonly #children = new Map<number, ChildProcess>();
  readonly #restarts = new Set<NodeJS.Timeout>();
  #stopping = false;

  private constructor(options: WorkersOptions) {
    this.#options = options;
  }

  /** Settles once all serve. @throws OperatorError 'worker-failed' if one ends before it does */
  static async start(options: WorkersOptions): Promise<Workers> {
    const workers = new Workers(options);
    const started: Promise<void>[] = [];
    for (let index = 2; index <= options.count; index++) started.push(workers.#start(index));
    try {
      await Promise.all(started);
    } catch (error) {
      await workers.stop();
      throw error;
    }
    return workers;
  }

  reload(): void {
    for (const child of this.#children.values()) child.kill('SIGHUP');
  }

  async stop(): Promise<void> {
    this.#stopping = true;
    for (const restart of this.#restarts) clearTimeout(restart);
    const children = [...this.#children.values()];
    const ended = Promise.all(children.map((child) => once(child, 'exit')));
    for (const child of children) child.kill('SIGTERM');
    const kill = setTimeout(() => {
      for (const child of children) child.kill('SIGKILL');
    }, this.#options.patience);
    await ended;
    clearTimeout(kill);
  }

  #start(index: number): Promise<void> {
    const { logger } = this.#options;
    // The service manager hears of the first alone.
    const { NOTIFY_SOCKET: _socket, WATCHDOG_USEC: _watchdog, ...environment } = process.env;
    const [, program = '', ...args] = process.argv;
    const child = fork(program, args, { env: { ...environment, [variable]: String(index) } });
    this.#children.set(index, child);
    return new Promise((resolve, reject) => {
      child.once('message', () => resolve());
      child.once('error', reject);
      child.once('exit', (code, signal) => {
        this.#children.delete(index);
        const why = String(signal ?? code);
        reject(new OperatorError('worker-failed', `worker ${index} ended before it served: ${why}`));
        if (this.#stopping) return;
        logger.error({ worker: index, why }, 'a worker has ended; it is started anew');
        const restart = setTimeout(() => {
          this.#restarts.delete(restart);
          this.#start(index).catch((error: unknown) => logger.error({ err: error }, 'a worker could not be started'));
        }, restartAfter);
        this.#restarts.add(restart);
      });
    });
  }
}
