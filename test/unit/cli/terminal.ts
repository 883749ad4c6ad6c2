import { spawnSync } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { closed, startChild } from '../../peer/child.ts';
import { Journal } from '../../peer/journal.ts';
import { shellWord } from '../../../src/cli/terminal/shell-word.ts';
import { program } from './command.ts';

/** Whether there is util-linux's script(1), which gives a program a terminal. */
export const hasTerminal = String(spawnSync('script', ['--version']).stdout).includes('util-linux');

/** `radgate ARGS` on a terminal of 80 columns, with somebody who reads and types. */
export class Terminal {
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #screen = new Journal<string>();
  readonly #end: Promise<{ readonly code: number | null }>;
  #text = '';
  #read = 0;

  constructor(dir: string, args: readonly string[]) {
    const command = ['stty cols 80 rows 24;', 'exec', ...[process.execPath, program, ...args].map(shellWord)].join(' ');
    this.#child = startChild('script', ['--quiet', '--return', '--command', command, '/dev/null'], { cwd: dir });
    this.#child.stdout.on('data', (chunk: Buffer) => {
      this.#text += chunk.toString();
      this.#screen.add(this.#text);
    });
    this.#end = closed(this.#child).finally(() => this.#screen.end(`it ended: ${this.#text}`));
    this.#end.catch(() => undefined);
  }

  /** All that was written until now. */
  get text(): string {
    return this.#text;
  }

  /** Waits for a text that was not waited for yet. */
  async sees(text: string): Promise<void> {
    const found = (screen: string): boolean => screen.indexOf(text, this.#read) !== -1;
    await this.#screen.waitFor(found, `"${text}" on the screen`);
    this.#read = this.#text.indexOf(text, this.#read) + text.length;
  }

  type(keys: string): void {
    this.#child.stdin.write(keys);
  }

  /** The exit code, once it has ended. */
  async ends(): Promise<number | null> {
    return (await this.#end).code;
  }
}
