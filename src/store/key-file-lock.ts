import { closeSync, constants, openSync, unlinkSync } from 'node:fs';
import Database from 'libsql';
import { OperatorError } from '../errors.ts';

/**
 * Keeps two changes of one key file apart: the second would drop the key that the first has just begun to write with. It is SQLite's lock on an
 * empty file, since that goes with the process that has it, however it ends.
 */
export class KeyFileLock {
  readonly #file: string;
  readonly #database: Database.Database;

  /** @throws OperatorError 'refused' if another process has it, 'key-unreadable' if it can't be taken */
  constructor(keyFile: string) {
    this.#file = `${keyFile}.lock`;
    try {
      // Never through a link: root runs this in a directory of the service's user.
      closeSync(openSync(this.#file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600));
      this.#database = new Database(this.#file);
      this.#database.pragma('busy_timeout = 0');
      this.#database.exec('BEGIN EXCLUSIVE');
    } catch (error) {
      const busy = error instanceof Error && 'code' in error && error.code === 'SQLITE_BUSY';
      throw busy
        ? new OperatorError('refused', `another "radgate store rekey" is changing ${keyFile} now`)
        : new OperatorError('key-unreadable', `cannot lock the key file ${keyFile}: ${String(error)}`, {
            cause: error,
          });
    }
  }

  release(): void {
    unlinkSync(this.#file);
    this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}
