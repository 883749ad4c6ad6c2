import type { Readable } from 'node:stream';
import { OperatorError } from '../../errors.ts';
import type { Asker, Question } from './asker.ts';

/** The longest line, in octets. */
const longest = 64 * 1024;

/** Answers from a pipe or a file: one line each, octet for octet, without its LF or CR LF. */
export class PipedAsker implements Asker {
  readonly isTerminal = false;
  readonly #chunks: AsyncIterator<Buffer>;
  #unread: Buffer = Buffer.alloc(0);

  constructor(input: Readable) {
    this.#chunks = input.iterator() as AsyncIterator<Buffer>;
  }

  async ask({ what }: Question): Promise<Buffer> {
    for (;;) {
      const newline = this.#unread.indexOf(0x0a);
      if (newline !== -1) return this.#take(newline, newline + 1);
      if (this.#unread.length > longest)
        throw new OperatorError('usage', `${what} on standard input is a line of more than ${longest} octets`);
      const chunk = await this.#next();
      if (chunk) this.#unread = Buffer.concat([this.#unread, chunk]);
      else if (this.#unread.length > 0) return this.#take(this.#unread.length, this.#unread.length);
      else throw new OperatorError('usage', `standard input ended before ${what}`);
    }
  }

  close(): void {
    void this.#chunks.return?.();
  }

  #take(end: number, next: number): Buffer {
    const line = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(next);
    return line.at(-1) === 0x0d ? line.subarray(0, -1) : line;
  }

  async #next(): Promise<Buffer | undefined> {
    try {
      const { done, value } = await this.#chunks.next();
      return done ? undefined : value;
    } catch (error) {
      throw new OperatorError('usage', `cannot read standard input: ${String(error)}`, { cause: error });
    }
  }
}
