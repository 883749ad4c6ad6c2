import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);
const source = join(import.meta.dirname, '../../bench/load');
const limit = 300_000;

export interface Load {
  readonly port: number;
  readonly secret: string;
  /** A line for each user: name, password, key in hex. */
  readonly users: string;
  /** `challenge`: only until challenged. */
  readonly mode: 'pap' | 'totp' | 'challenge';
  /** Conversations open at once, or begun in a second. */
  readonly pace: { readonly width: number } | { readonly rate: number };
  /** Users of the file that take part, once each. */
  readonly first: number;
  readonly count: number;
}

/** How conversations went; times of a whole one, in milliseconds. */
export interface LoadResult {
  readonly done: number;
  /** A packet had no reply in 5 s. */
  readonly lost: number;
  /** A reply had another code than was due, or was not authentic. */
  readonly wrong: number;
  readonly unsendable: number;
  readonly seconds: number;
  readonly p50: number;
  readonly p99: number;
  readonly p999: number;
}

/** The load generator of bench/load, as a program of its own. */
export class LoadGenerator {
  readonly #program: string;

  private constructor(program: string) {
    this.#program = program;
  }

  /** Compiles it into a directory. @throws Error that says what is missing, without a C compiler */
  static async compile(dir: string): Promise<LoadGenerator> {
    const files = readdirSync(source).filter((name) => name.endsWith('.c'));
    const program = join(dir, 'load');
    try {
      await run('cc', ['-O2', '-o', program, ...files.map((name) => join(source, name)), '-lm']);
    } catch (cause) {
      const missing = cause instanceof Error && 'code' in cause && cause.code === 'ENOENT';
      const why = missing ? 'there is no cc: install a C compiler (Debian: gcc and libc6-dev)' : String(cause);
      throw new Error(`the load generator was not compiled: ${why}`, { cause });
    }
    return new LoadGenerator(program);
  }

  /** @throws Error if it ends otherwise than by itself in 5 minutes */
  async run({ port, secret, users, mode, pace, first, count }: Load): Promise<LoadResult> {
    const [how, number] = 'width' in pace ? ['width', pace.width] : ['rate', pace.rate];
    const numbers = [number, first, count].map((value) => String(Math.round(value)));
    const args = [String(port), secret, users, mode, how, ...numbers];
    const { stdout } = await run(this.#program, args, { timeout: limit });
    return JSON.parse(stdout) as LoadResult;
  }
}
