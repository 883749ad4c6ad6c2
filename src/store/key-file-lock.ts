import { closeSync, constants, fstatSync, openSync, statSync, unlinkSync } from 'node:fs';
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
      const opened = openSync(this.#file, constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW, 0o600);
      const { ino } = fstatSync(opened);
      closeSync(opened);
      this.#database = new Database(this.#file);
      this.#database.pragma('busy_timeout = 0');
      this.#database.exec('BEGIN EXCLUSIVE');
      // Who had it has removed the file meanwhile: another may hold the one that is there now.
      if (statSync(this.#file, { throwIfNoEntry: false })?.ino !== ino)
        throw Object.assign(new Error('the file was removed'), { code: 'SQLITE_BUSY' });
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
    // First, so that whoever gets the lock on it from now on sees that it is gone.
    unlinkSync(this.#file);
    this.#database.exec('ROLLBACK');
    this.#database.close();
  }
}
