import { write } from 'node:fs';
import { setTimeout as elapsed } from 'node:timers/promises';
import { promisify } from 'node:util';
import type { Sink } from './sink.ts';

const writeSome = promisify(write);
/** How long a pipe that is full is left alone, in milliseconds. */
const patience = 50;

/** Lines on standard output, written aside: whoever reads them slowly does not stop the logins. */
export class StdoutSink implements Sink {
  #closed = false;

  async send(messages: readonly Buffer[]): Promise<void> {
    // Each on its own: up to 4,096 octets a pipe takes a line whole, whoever else writes into it.
    for (const message of messages) {
      let rest = Buffer.concat([message, Buffer.from('\n')]);
      while (rest.length > 0) {
        if (this.#closed) throw new Error('stopped');
        rest = rest.subarray(await written(rest));
      }
    }
  }

  check(): void {
    // It lasts as long as the process.
  }

  close(): void {
    this.#closed = true;
  }
}

/** @returns how many octets were taken; 0 if the pipe was full */
async function written(octets: Buffer): Promise<number> {
  try {
    return (await writeSome(1, octets)).bytesWritten;
  } catch (error) {
    if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error;
    await elapsed(patience);
    return 0;
  }
}
