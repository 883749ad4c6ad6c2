import type { AccountingIntake } from './accounting/accounting-intake.ts';
import type { Accounting } from './accounting/accounting.ts';
import type { TextAnswers } from './approval/text-answers.ts';
import type { Config } from './config/schema.ts';
import type { DeliveryWorker } from './deliver/worker.ts';
import type { Intake } from './login/intake.ts';
import type { Runner } from './login/runner.ts';
import type { Primary } from './primary/primary.ts';
import type { Pages } from './web/server.ts';

export interface GenerationParts {
  readonly config: Config;
  readonly intake: Intake;
  readonly reports: AccountingIntake;
  readonly runner: Runner;
  readonly worker: DeliveryWorker;
  /** By name. */
  readonly primaries: ReadonlyMap<string, Primary>;
  readonly accountings: ReadonlyMap<string, Accounting>;
  /** Answers to texts about logins. */
  readonly answers: TextAnswers;
  /** Undefined if no pages are served. */
  readonly pages: Pages | undefined;
  readonly releaseWorker: () => Promise<void>;
  /** Lets go of the upstream servers. */
  readonly releaseUpstreams: () => Promise<void>;
}

/** What hangs on one reading of the config. A reload makes the next one; requests that came before it are finished by the one that took them. */
export class Generation {
  readonly #parts: GenerationParts;
  #workerGone: Promise<void> | undefined;
  #closed: Promise<void> | undefined;

  constructor(parts: GenerationParts) {
    this.#parts = parts;
  }

  get config(): Config {
    return this.#parts.config;
  }

  get intake(): Intake {
    return this.#parts.intake;
  }

  get reports(): AccountingIntake {
    return this.#parts.reports;
  }

  get runner(): Runner {
    return this.#parts.runner;
  }

  get worker(): DeliveryWorker {
    return this.#parts.worker;
  }

  get primaries(): ReadonlyMap<string, Primary> {
    return this.#parts.primaries;
  }

  /** By the name of the primary; by the empty name radgate's own store. */
  get accountings(): ReadonlyMap<string, Accounting> {
    return this.#parts.accountings;
  }

  get answers(): TextAnswers {
    return this.#parts.answers;
  }

  get pages(): Pages | undefined {
    return this.#parts.pages;
  }

  /** Requests under way. */
  get pending(): number {
    return this.intake.pending + this.reports.pending;
  }

  /** Resolves once there is none. */
  async idle(): Promise<void> {
    await Promise.all([this.intake.idle(), this.reports.idle()]);
  }

  /** Lets go of what no other uses; once, however often it is called. */
  close(): Promise<void> {
    const { releaseUpstreams } = this.#parts;
    return (this.#closed ??= Promise.all([this.#letWorkerGo(), releaseUpstreams()]).then(() => undefined));
  }

  /**
   * For one that another has taken the place of: lets what is under way finish, for `patience` milliseconds at most, and lets go of what no other
   * uses. What is past its upstream by then, as a wait for an approval, goes on all the same.
   */
  async retire(patience: number): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<void>((resolve) => (timer = setTimeout(resolve, patience).unref()));
    // The next one sends what is queued from now on.
    await Promise.all([this.#letWorkerGo(), Promise.race([this.idle(), late])]);
    clearTimeout(timer);
    await this.close();
  }

  #letWorkerGo(): Promise<void> {
    return (this.#workerGone ??= this.#parts.releaseWorker());
  }
}
