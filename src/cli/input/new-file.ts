import { closeSync, fsyncSync, openSync, rmSync, writeSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { OperatorError } from '../../errors.ts';

/** A file that only its owner may read, and that is not there before: nothing is ever overwritten. It is whole on the disk, or it goes again. */
export class NewFile {
  /** Its whole path. */
  readonly path: string;
  readonly #descriptor: number;

  /** @throws OperatorError 'usage' if it is there, or can't be made */
  constructor(file: string) {
    this.path = resolve(file);
    try {
      this.#descriptor = openSync(this.path, 'wx', 0o600);
    } catch (error) {
      const exists = error instanceof Error && 'code' in error && error.code === 'EEXIST';
      throw new OperatorError('usage', exists ? `${file} is there already` : `cannot write ${file}: ${String(error)}`, {
        cause: error,
      });
    }
  }

  /** @throws Error if the disk is full */
  write(text: string): void {
    let octets = Buffer.from(text);
    while (octets.length > 0) octets = octets.subarray(writeSync(this.#descriptor, octets));
  }

  /** All that is in it, and its name, are on the disk afterwards. */
  finish(): void {
    fsyncSync(this.#descriptor);
    const directory = openSync(dirname(this.path), 'r');
    fsyncSync(directory);
    closeSync(directory);
    closeSync(this.#descriptor);
  }

  /** Takes it away again. */
  discard(): void {
    closeSync(this.#descriptor);
    rmSync(this.path, { force: true });
  }
}
