import { spawn } from 'node:child_process';
import type { ChildProcessWithoutNullStreams } from 'node:child_process';
import { Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { delimiter } from 'node:path';
import { within } from './deadline.ts';

/** How a process ended and what it printed. `code` is null when a signal ended it. */
export interface Finished {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface ChildOptions {
  readonly cwd?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Debian keeps servers in /usr/sbin, which is not on the PATH of an ordinary user. */
export const searchPath = [process.env['PATH'] ?? '', '/usr/sbin', '/sbin'].join(delimiter);

const living = new Set<ChildProcessWithoutNullStreams>();
process.once('exit', () => {
  for (const child of living) child.kill('SIGKILL');
});

/** Starts a process that dies with the tests at the latest. */
export function startChild(
  command: string,
  args: readonly string[],
  options: ChildOptions = {},
): ChildProcessWithoutNullStreams {
  const child = spawn(command, args, { ...options, env: { ...process.env, ...options.env, PATH: searchPath } });
  living.add(child);
  // What a failed test leaves running must not keep the whole run from ending; the exit above ends it.
  child.unref();
  for (const stream of child.stdio) if (stream instanceof Socket) stream.unref();
  child.once('close', () => living.delete(child));
  // A program that ends before it has read everything closes the pipe: its exit code tells, not our EPIPE.
  child.stdin.on('error', () => undefined);
  return child;
}

/** Calls `onLine` with every line of a stream, without its end. */
export function onLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  createInterface({ input: stream, crlfDelay: Infinity }).on('line', onLine);
}

/** Settles when the process has ended and its output has been read; rejects when it could not be started. */
export function closed(child: ChildProcessWithoutNullStreams): Promise<Omit<Finished, 'stdout' | 'stderr'>> {
  return new Promise((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (code, signal) => resolve({ code, signal }));
  });
}

/** Runs a program to its end. Rejects when it can't be started or has not ended after `milliseconds` (it is then killed). */
export async function run(
  command: string,
  args: readonly string[],
  options: ChildOptions & { readonly input?: string | Buffer; readonly milliseconds?: number } = {},
): Promise<Finished> {
  const { input = '', milliseconds = 15_000, ...rest } = options;
  const child = startChild(command, args, rest);
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on('data', (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk));
  const end = closed(child);
  child.stdin.end(input);
  try {
    const { code, signal } = await within(milliseconds, `the end of ${command}`, end);
    return { code, signal, stdout: Buffer.concat(stdout).toString(), stderr: Buffer.concat(stderr).toString() };
  } catch (error) {
    child.kill('SIGKILL');
    throw error;
  }
}
