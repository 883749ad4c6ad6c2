import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import type { Store } from '../../../src/store/store.ts';
import { run, type Finished } from '../../peer/child.ts';
import { openStoreIn } from '../../support/scratch-store.ts';

export const program = resolve(import.meta.dirname, '../../../src/main.js');

/** A config with local users and one client on this host; the store is beside it. */
export const localConfig = `
[listen]
auth = ["127.0.0.1:0"]
[store]
url = "sqlite:radgate.db"
durability = "process"
[lockout]
failures = 3
[totp]
issuer = "Example"
[[client]]
name = "here"
address = "127.0.0.1"
secret = "0123456789abcdef"
[[primary]]
name = "local"
type = "local"
`;

/** A directory in which the built program is run as an administrator runs it. */
export class Workplace {
  readonly dir = mkdtempSync(join(tmpdir(), 'radgate-cli-'));

  write(name: string, content: string): string {
    const file = join(this.dir, name);
    writeFileSync(file, content, { mode: 0o600 });
    return file;
  }

  /** Runs `radgate ARGS` to its end, with `input` as standard input. */
  radgate(args: readonly string[], input: string | Buffer = ''): Promise<Finished> {
    return run(process.execPath, [program, ...args], { cwd: this.dir, input });
  }

  /** The same with a command that has to succeed. @returns standard output */
  async does(args: readonly string[], input: string | Buffer = ''): Promise<string> {
    const { code, stdout, stderr } = await this.radgate(args, input);
    if (code !== 0) throw new Error(`radgate ${args.join(' ')}: exit code ${code}: ${stderr}`);
    return stdout;
  }

  async json(args: readonly string[], input: string | Buffer = ''): Promise<unknown> {
    return JSON.parse(await this.does([...args, '--json'], input));
  }

  /** Looks into the store of the config, or alters it. */
  async inStore<T>(use: (store: Store) => Promise<T>, dir = '.'): Promise<T> {
    const store = await openStoreIn(join(this.dir, dir));
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  }

  remove(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }
}
