import Database from 'libsql/promise';

/** From a commit to the next checkpoint, in milliseconds. */
const every = 100;

/**
 * Carries what was committed over from the write-ahead log into the file (https://sqlite.org/wal.html §3.2) on a connection and a thread of its own: it
 * waits for the disk, and no login waits for it. Where the log grows all the same a commit does it itself, as `wal_autocheckpoint` has it.
 */
export class Checkpoints {
  readonly #database: Database;
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #isDue = false;

  /** @param file that is open and in WAL mode: one that is not there would be made */
  constructor(file: string) {
    this.#database = new Database(file, {});
  }

  /** Something was committed. */
  due(): void {
    this.#isDue = true;
    if (this.#timer || this.#running) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.#running = this.#run();
    }, every);
  }

  /** Ends after a checkpoint that is under way. */
  async close(): Promise<void> {
    this.#isDue = false;
    clearTimeout(this.#timer);
    await this.#running;
    this.#database.close();
  }

  async #run(): Promise<void> {
    this.#isDue = false;
    try {
      await (this.#database.exec('PRAGMA wal_checkpoint(PASSIVE)') as Promise<void>);
    } catch {
      // A full or broken disk stops commits too, which tell of it.
    }
    this.#running = undefined;
    if (this.#isDue) this.due();
  }
}
