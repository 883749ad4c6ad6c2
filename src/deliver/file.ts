import { mkdir, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { refusedToAll, type Channel, type Message, type SendResult } from './channel.ts';

/** Writes messages into a directory instead of sending them: for labs and tests alone, since whoever reads them has the codes. */
export class FileChannel implements Channel {
  readonly #dir: string;

  /** @param dir absolute; made if it is not there */
  constructor(dir: string) {
    this.#dir = dir;
  }

  async send(message: Message): Promise<SendResult> {
    try {
      await mkdir(this.#dir, { recursive: true, mode: 0o700 });
      const file = join(this.#dir, `${message.id}.json`);
      // Whoever watches the directory sees whole files only.
      await writeFile(`${file}.part`, `${JSON.stringify(message, null, 2)}\n`, { mode: 0o600 });
      await rename(`${file}.part`, file);
      return { kind: 'sent', providerId: message.id };
    } catch (error) {
      return refusedToAll(
        `cannot write into ${this.#dir}: ${error instanceof Error && 'code' in error ? String(error.code) : 'unknown'}`,
      );
    }
  }

  async close(): Promise<void> {
    // Nothing is held open.
  }
}
