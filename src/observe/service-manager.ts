import { spawn } from 'node:child_process';
import type { Clock } from '../clock.ts';
import type { Logger } from './logger.ts';

/** How long systemd-notify may take, in milliseconds. */
const patience = 10_000;

/**
 * Tells systemd how the service is (sd_notify(3)), by the program systemd-notify: Node has no datagrams over Unix sockets. It is of another process, so the
 * unit needs NotifyAccess=all. Without NOTIFY_SOCKET nobody is told anything.
 */
export class ServiceManager {
  readonly #env: NodeJS.ProcessEnv;
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #isThere: boolean;
  /** What is told arrives in its order. */
  #told: Promise<void> = Promise.resolve();
  #hasFailed = false;
  #watchdog: NodeJS.Timeout | undefined;
  #status = '';

  constructor(env: NodeJS.ProcessEnv, clock: Clock, logger: Logger) {
    this.#env = env;
    this.#clock = clock;
    this.#logger = logger;
    this.#isThere = (env['NOTIFY_SOCKET'] ?? '') !== '';
  }

  /**
   * It listens, or has taken its config anew. The first time, where WATCHDOG_USEC asks for it, it begins to tell that it is alive, twice as often as it must.
   * @param dead says why it should be started anew: then systemd is told nothing, and does so
   * @param unready says why it is not ready, for `systemctl status`
   */
  ready(dead: () => string | undefined, unready: () => readonly string[]): void {
    this.#tell(['READY=1', this.#statusOf(unready())]);
    this.#watchdog ??= this.#watch(dead, unready);
  }

  /** It is about to take its config anew; `ready` follows. */
  reloading(): void {
    this.#tell(['RELOADING=1', `MONOTONIC_USEC=${Math.floor(this.#clock.monotonic() * 1000)}`]);
  }

  /** It ends. Resolves once that is told. */
  async stopping(): Promise<void> {
    clearInterval(this.#watchdog);
    this.#tell(['STOPPING=1', 'STATUS=stopping']);
    await this.#told;
  }

  #watch(dead: () => string | undefined, unready: () => readonly string[]): NodeJS.Timeout | undefined {
    const { WATCHDOG_USEC: microseconds, WATCHDOG_PID: pid } = this.#env;
    const every = Number(microseconds) / 2_000;
    if (!this.#isThere || !(every > 0) || (pid !== undefined && Number(pid) !== process.pid)) return undefined;
    return setInterval(() => {
      const why = dead();
      if (why !== undefined) return this.#logger.error({ why }, 'systemd is not told that the service is alive');
      const before = this.#status;
      const status = this.#statusOf(unready());
      this.#tell(status === before ? ['WATCHDOG=1'] : ['WATCHDOG=1', status]);
    }, every).unref();
  }

  #statusOf(unready: readonly string[]): string {
    this.#status = `STATUS=${unready.length === 0 ? 'ready' : `not ready: ${unready.join('; ')}`}`.replaceAll(
      '\n',
      ' ',
    );
    return this.#status;
  }

  #tell(assignments: readonly string[]): void {
    if (!this.#isThere) return;
    this.#told = this.#told.then(() => this.#run(assignments));
  }

  #run(assignments: readonly string[]): Promise<void> {
    const { NOTIFY_SOCKET, PATH } = this.#env;
    return new Promise((resolve) => {
      const failed = (why: string): void => {
        if (!this.#hasFailed) this.#logger.warn({ why }, 'systemd could not be told how the service is');
        this.#hasFailed = true;
        resolve();
      };
      try {
        const child = spawn('systemd-notify', assignments, {
          env: { NOTIFY_SOCKET, PATH },
          stdio: 'ignore',
          timeout: patience,
        });
        child.once('error', (error) => failed(error.message));
        child.once('close', (code) => (code === 0 ? resolve() : failed(`systemd-notify ended with ${code}`)));
      } catch (error) {
        // Most errors of the system are told by the event; a want of memory, among others, is thrown.
        failed(error instanceof Error ? error.message : String(error));
      }
    });
  }
}
