import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type { Readable } from 'node:stream';
import { pathToFileURL } from 'node:url';

export interface Measured {
  readonly seconds: number;
  /** The most that the process had in memory, in MiB. */
  readonly peak: number;
}

const program = join(import.meta.dirname, '../src/main.js');
const peakMemory = pathToFileURL(join(import.meta.dirname, 'peak-memory.js')).href;

/** Runs `radgate ARGS` in a process of its own. @throws Error if it fails */
export async function measuredCommand(args: readonly string[], cwd: string): Promise<Measured> {
  const start = performance.now();
  const child = spawn(process.execPath, ['--import', peakMemory, program, ...args], {
    cwd,
    stdio: ['ignore', 'ignore', 'inherit', 'pipe'],
  });
  const [peak, [code]] = await Promise.all([text(child.stdio[3] as Readable), once(child, 'exit')]);
  if (code !== 0) throw new Error(`radgate ${args.join(' ')}: exit code ${String(code)}`);
  return { seconds: (performance.now() - start) / 1000, peak: Number(peak) / 1024 };
}
