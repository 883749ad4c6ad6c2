import { createInterface, type Interface } from 'node:readline';
import { Writable } from 'node:stream';
import type { ReadStream, WriteStream } from 'node:tty';
import { OperatorError } from '../../errors.ts';
import type { Asker, Question } from './asker.ts';

/** What a shell gives a program that Ctrl-C ended: 128 and SIGINT's number. */
const interrupted = 130;

/** Asks on a terminal; what is typed ahead answers the next question. */
export class TerminalAsker implements Asker {
  readonly isTerminal = true;
  readonly #lines: Interface;
  readonly #screen: WriteStream;
  readonly #typed: string[] = [];
  #hidden = true;
  #ended = false;
  #wake: (() => void) | undefined;

  constructor(input: ReadStream, screen: WriteStream) {
    this.#screen = screen;
    const output = new Writable({
      write: (chunk: Buffer, _encoding, done) => {
        if (!this.#hidden) screen.write(chunk);
        done();
      },
    });
    this.#lines = createInterface({ input, output, terminal: true, historySize: 0 });
    this.#lines.on('line', (line) => {
      this.#typed.push(line);
      this.#wake?.();
    });
    this.#lines.on('close', () => {
      this.#ended = true;
      this.#wake?.();
    });
    this.#lines.on('SIGINT', () => {
      this.close();
      screen.write('\n');
      process.exit(interrupted);
    });
  }

  async ask({ prompt, what, echo }: Question): Promise<Buffer> {
    this.#hidden = !echo;
    if (echo) {
      this.#lines.setPrompt(prompt);
      this.#lines.prompt();
    } else this.#screen.write(prompt);
    while (this.#typed.length === 0 && !this.#ended) await new Promise<void>((resolve) => (this.#wake = resolve));
    // The newline that was typed is not shown either.
    if (this.#hidden || this.#ended) this.#screen.write('\n');
    this.#hidden = true;
    const line = this.#typed.shift();
    if (line === undefined) throw new OperatorError('usage', `standard input ended before ${what}`);
    return Buffer.from(line);
  }

  close(): void {
    this.#lines.close();
  }
}
