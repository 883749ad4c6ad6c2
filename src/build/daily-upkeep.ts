import type { Config } from '../config/schema.ts';
import type { Logger } from '../observe/logger.ts';
import { upkeepFacts, upkeepWarnings, type UpkeepWarning } from './upkeep.ts';

export interface DailyUpkeepOptions {
  /** The config of now. */
  readonly config: () => Config;
  readonly wall: () => number;
  /** What the clock of a shared store says. */
  readonly sharedNow: () => Promise<number | null>;
  readonly logger: Logger;
  /** How often it is looked, in milliseconds. */
  readonly every: number;
}

/** Looks once a day at what will hurt unless somebody sees to it, and tells the log each time. */
export class DailyUpkeep {
  readonly #options: DailyUpkeepOptions;
  readonly #timer: NodeJS.Timeout;
  readonly #closing = new AbortController();
  #warnings: readonly UpkeepWarning[] = [];

  constructor(options: DailyUpkeepOptions) {
    this.#options = options;
    this.#timer = setInterval(() => void this.look(), options.every).unref();
  }

  /** As of the last look. */
  get warnings(): readonly UpkeepWarning[] {
    return this.#warnings;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#closing.abort();
  }

  /** Looks now. It never throws. */
  async look(): Promise<void> {
    const { config, wall, sharedNow, logger } = this.#options;
    try {
      const facts = await upkeepFacts(wall, sharedNow, this.#closing.signal);
      if (this.#closing.signal.aborted) return;
      this.#warnings = upkeepWarnings(config(), facts);
      for (const { kind, message } of this.#warnings) logger.warn({ upkeep: kind }, message);
    } catch (error) {
      logger.error({ err: error }, 'a defect of radgate, please report it: its upkeep was not looked at');
    }
  }
}
