import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { closed, onLines, startChild } from '../peer/child.ts';
import { within } from '../peer/deadline.ts';
import { Journal } from '../peer/journal.ts';
import type { Peer } from '../peer/udp-client.ts';

const program = fileURLToPath(new URL('../../src/main.js', import.meta.url));

export interface ServedOptions {
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
  /** Arguments of node. */
  readonly node?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
  /** A command that runs it, with its arguments. */
  readonly under?: readonly string[];
  /** main.js of another build. */
  readonly build?: string;
}

/** The built program, serving on 127.0.0.1, in a directory where the test has put its store. */
export class ServedProgram {
  readonly #child: ReturnType<typeof startChild>;
  readonly #ended: Promise<{ readonly code: number | null }>;
  readonly #lines = new Journal<string>();
  readonly errors: string[] = [];
  #address: Peer | undefined;

  private constructor(dir: string, { args = [], node = [], env = {}, under = [], build = program }: ServedOptions) {
    const serve = [build, 'serve', '-c', join(dir, 'radius.conf'), ...args];
    const [command = '', ...rest] = [...under, process.execPath, ...node, ...serve];
    this.#child = startChild(command, rest, { cwd: dir, env });
    onLines(this.#child.stderr, (line) => this.errors.push(line));
    this.#ended = closed(this.#child);
  }

  /** Writes radius.conf and starts; settles once it listens. */
  static async start(dir: string, config: string, options: ServedOptions = {}): Promise<ServedProgram> {
    writeFileSync(join(dir, 'radius.conf'), config, { mode: 0o600 });
    const served = new ServedProgram(dir, options);
    onLines(served.#child.stdout, (line) => served.#lines.add(line));
    void served.#ended.then(() => served.#lines.end(`it ended: ${served.errors.join('\n')}`));
    const ready = await served.waitForLine((line) => line.includes('"msg":"ready"'), 'radgate to be ready');
    const { listening } = JSON.parse(ready) as { listening: string[] };
    const [, address = '', port] = /^(.+):(\d+)$/.exec(listening[0] ?? '') ?? [];
    served.#address = { address, port: Number(port) };
    return served;
  }

  /** Lines of its log as they were written. */
  get output(): readonly string[] {
    return this.#lines.entries;
  }

  /** The first line, written or to come, that satisfies `match`. */
  waitForLine(match: (line: string) => boolean, what: string): Promise<string> {
    return this.#lines.waitFor(match, what, 15_000);
  }

  /** Where it listens. */
  get address(): Peer {
    if (!this.#address) throw new Error('it does not listen');
    return this.#address;
  }

  get pid(): number {
    return this.#child.pid ?? 0;
  }

  /** Sends it a signal that it goes on after. */
  signal(name: NodeJS.Signals): void {
    this.#child.kill(name);
  }

  /** Reads none of its output from now on: writing there is an error to it (EPIPE). */
  closeOutput(): void {
    this.#child.stdout.destroy();
  }

  /** SIGKILL: nothing is finished or flushed. Settles once it is gone. */
  async kill(): Promise<void> {
    this.#child.kill('SIGKILL');
    await this.#ended;
  }

  /** Ends it by SIGTERM. @returns its exit code */
  async stop(): Promise<number | null> {
    this.#child.kill('SIGTERM');
    try {
      return (await within(15_000, 'radgate to end', this.#ended)).code;
    } finally {
      this.#child.kill('SIGKILL');
    }
  }
}
