import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { loadConfig, type LoadedConfig } from '../../../src/config/load.ts';
import { ConfigError, formatProblem } from '../../../src/config/problem.ts';

/** A directory of its own for config files and what they name. */
export class Scratch {
  readonly dir = mkdtempSync(join(tmpdir(), 'radgate-config-'));

  write(name: string, content: string | Uint8Array, mode = 0o600): string {
    const file = join(this.dir, name);
    writeFileSync(file, content);
    chmodSync(file, mode);
    return file;
  }

  load(toml: string | Uint8Array, env: Record<string, string> = {}): LoadedConfig {
    return loadConfig(this.write('radius.conf', toml), env);
  }

  /** What is wrong with a file, as `line: message`, or `line:column: message` where TOML itself is. */
  errorsOf(toml: string | Uint8Array, env: Record<string, string> = {}): string[] {
    try {
      this.load(toml, env);
    } catch (error) {
      if (error instanceof ConfigError)
        return error.problems.map((problem) => formatProblem(problem).replace(`${problem.file}:`, ''));
      throw error;
    }
    return [];
  }

  warningsOf(toml: string, env: Record<string, string> = {}): string[] {
    return this.load(toml, env).warnings.map(({ line, message }) => `${line}: ${message}`);
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

/** Sections that make a whole config of any others; to stand at the end, where they shift no lines. */
export const client = '[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\n';
export const primary = '[[primary]]\nname = "here"\ntype = "local"\n';
export const rest = client + primary;
