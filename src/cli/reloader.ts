import type { Service } from '../app.ts';
import { ConfigError, formatProblem, type ConfigProblem } from '../config/problem.ts';
import type { Config } from '../config/schema.ts';
import type { Reloaded } from '../control/reloaded.ts';
import { OperatorError } from '../errors.ts';
import type { Logger } from '../observe/logger.ts';
import { newChange } from './new-change.ts';

export interface ReloaderOptions {
  /** The config file, for the log. */
  readonly file: string;
  /** Reads it. @throws OperatorError */
  readonly load: () => { readonly config: Config; readonly warnings: readonly ConfigProblem[] };
  readonly service: Pick<Service, 'reload' | 'note'>;
  readonly logger: Logger;
}

/** Has a running service take its config anew, and tells the log what came of it. It never throws: a bad config keeps the old one. */
export class Reloader {
  readonly #options: ReloaderOptions;
  #stopped = false;

  constructor(options: ReloaderOptions) {
    this.#options = options;
  }

  /** For the end: what is asked for from then on is not done. */
  stop(): void {
    this.#stopped = true;
  }

  reload(): Reloaded {
    const { file, service, logger } = this.#options;
    if (this.#stopped) return { ok: false, config: file, why: ['the service is stopping'] };
    try {
      return this.#take();
    } catch (error) {
      if (!(error instanceof OperatorError)) {
        logger.error({ err: error }, 'a defect of radgate, please report it: the config was not read anew');
        return { ok: false, config: file, why: ['a defect of radgate, please report it: see its log'] };
      }
      const problems = error instanceof ConfigError ? error.problems : [];
      for (const { file: where, line, message } of problems)
        logger.error({ file: where, line }, `the old config stays: ${message}`);
      if (problems.length === 0) logger.error(`the old config stays: ${error.message}`);
      void service.note(newChange('service reload'), `refused, ${file}`);
      return { ok: false, config: file, why: problems.length > 0 ? problems.map(formatProblem) : [error.message] };
    }
  }

  #take(): Reloaded {
    const { file, load, service, logger } = this.#options;
    const { config, warnings } = load();
    const restart = [...service.reload(config)];
    for (const { file: where, line, message } of warnings) logger.warn({ file: where, line }, message);
    for (const key of restart) logger.warn({ key }, `${key} has changed: it needs a restart, until then the old stays`);
    logger.info({ config: file }, 'config read anew');
    void service.note(newChange('service reload'), file);
    return { ok: true, config: file, restart };
  }
}
