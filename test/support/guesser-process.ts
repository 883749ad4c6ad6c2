import { fileURLToPath } from 'node:url';
import type { AttemptInput } from '../../src/login/attempt.ts';
import { closed, onLines, startChild } from '../peer/child.ts';
import { Journal } from '../peer/journal.ts';

const program = fileURLToPath(new URL('./guesser.js', import.meta.url));

/** Another process on a store, as a second radgate would be. */
export class Guesser {
  readonly #child: ReturnType<typeof startChild>;
  readonly #lines = new Journal<unknown>();

  private constructor(dir: string) {
    this.#child = startChild(process.execPath, [program, dir]);
    onLines(this.#child.stdout, (line) => this.#lines.add(JSON.parse(line)));
    onLines(this.#child.stderr, (line) => this.#lines.end(line));
  }

  /** Settles once it has opened the store. */
  static async start(dir: string): Promise<Guesser> {
    const guesser = new Guesser(dir);
    await guesser.#lines.waitFor((line) => line === 'ready', 'a second process to open the store', 15_000);
    return guesser;
  }

  /** Gives all these answers at once, and ends the process. @returns their outcomes */
  async guess(input: Omit<AttemptInput, 'answer'>, answers: readonly string[]): Promise<string[]> {
    const end = closed(this.#child);
    this.#child.stdin.end(`${JSON.stringify({ input, answers })}\n`);
    const outcomes = await this.#lines.waitFor(Array.isArray, 'the outcomes of a second process', 15_000);
    await end;
    return outcomes as string[];
  }
}
