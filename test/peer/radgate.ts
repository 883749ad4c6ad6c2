import { writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { closed, onLines, run, startChild } from './child.ts';
import type { Finished } from './child.ts';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

/** A line of the program's log. */
export type LogEntry = Readonly<Record<string, unknown>>;

export interface RadgateOptions {
  /** The text of radius.conf, given the directory that it and the store are in. [listen] may ask for port 0. */
  readonly config: (dir: string) => string;
  /** Before `serve` starts, with the same configuration: to add users. */
  readonly prepare?: (cli: Cli) => Promise<void>;
  /** More arguments of `serve`. */
  readonly args?: readonly string[];
  readonly env?: NodeJS.ProcessEnv;
}

/** Runs `radgate ARGS -c FILE` to its end. */
export type Cli = (args: readonly string[], stdin?: string) => Promise<Finished>;

export interface Radgate {
  readonly dir: string;
  readonly pid: number;
  /** Where it listens, in the order of the configuration. */
  readonly listening: readonly Peer[];
  /** All lines of its log until now. */
  readonly log: readonly LogEntry[];
  /** All it wrote to stderr until now. */
  readonly stderr: readonly string[];
  /** The first line, written or to come, that satisfies `match`; rejects when it ends without one or after `milliseconds`. */
  waitForLog(match: (entry: LogEntry) => boolean, what: string, milliseconds?: number): Promise<LogEntry>;
  /** The first line about a login of this user, as the name was typed, that came to one of these verdicts or reasons. */
  waitForLogin(user: string, ...came: readonly string[]): Promise<LogEntry>;
  cli: Cli;
  /** SIGTERM; the exit code. Then the directory is gone. */
  stop(): Promise<number | null>;
  /** SIGKILL: nothing is finished or flushed; the directory stays for `restart`. */
  kill(): Promise<void>;
  /** `serve` once more on the same directory, after `kill`. */
  restart(): Promise<Radgate>;
}

const program = resolve(import.meta.dirname, '../../src/main.js');

/** Settles with the code 0 of a command; throws what it printed otherwise. */
export async function succeed(command: Promise<Finished>): Promise<Finished> {
  const finished = await command;
  if (finished.code !== 0) throw new Error(`exit code ${finished.code}: ${finished.stderr}${finished.stdout}`);
  return finished;
}

function parseLine(line: string): LogEntry {
  try {
    return JSON.parse(line) as LogEntry;
  } catch {
    return { msg: 'not JSON', line };
  }
}

function peerOf(listening: string): Peer {
  const [, bracketed, plain, port] = /^(?:\[(.+)\]|(.+)):(\d+)$/.exec(listening) ?? [];
  const address = bracketed ?? plain;
  if (address === undefined) throw new Error(`"${listening}" is no HOST:PORT`);
  return { address, port: Number(port) };
}

async function serve(dir: string, options: RadgateOptions, cli: Cli): Promise<Radgate> {
  const child = startChild(process.execPath, [program, 'serve', '-c', 'radius.conf', ...(options.args ?? [])], {
    cwd: dir,
    env: options.env ?? {},
  });
  const log = new Journal<LogEntry>();
  const stderr: string[] = [];
  onLines(child.stdout, (line) => log.add(parseLine(line)));
  onLines(child.stderr, (line) => stderr.push(line));
  const end = closed(child).finally(() => log.end('radgate ended'));
  end.catch(() => undefined);

  const stop = async (): Promise<number | null> => {
    child.kill('SIGTERM');
    try {
      // It drains for 10 s at most.
      return (await within(12_000, 'radgate to end', end)).code;
    } finally {
      child.kill('SIGKILL');
      await removeTempDir(dir);
    }
  };
  const kill = async (): Promise<void> => {
    child.kill('SIGKILL');
    await end;
  };
  let listening: readonly Peer[];
  try {
    const ready = await log.waitFor((entry) => entry['msg'] === 'ready', 'its "ready"');
    listening = (ready['listening'] as string[]).map(peerOf);
  } catch (error) {
    await stop().catch(() => undefined);
    const said = [...stderr, ...log.entries.map((entry) => JSON.stringify(entry))].slice(-10).join('\n');
    throw new Error(`radgate did not start: ${said}`, { cause: error });
  }
  return {
    dir,
    pid: child.pid ?? 0,
    listening,
    log: log.entries,
    stderr,
    waitForLog: (match, what, milliseconds) => log.waitFor(match, what, milliseconds),
    waitForLogin: (user, ...came) =>
      log.waitFor(
        (entry) =>
          entry['user'] === user && [entry['verdict'], entry['reason']].some((one) => came.includes(String(one))),
        `${came.join(' or ')} of ${user}`,
      ),
    cli,
    stop,
    kill,
    restart: () => serve(dir, options, cli),
  };
}

/** Starts the built program as an administrator does, in a directory of its own; settles when its log says that it is ready. */
export async function startRadgate(options: RadgateOptions): Promise<Radgate> {
  const dir = await makeTempDir('serve');
  const cli: Cli = (args, stdin = '') =>
    run(process.execPath, [program, ...args, '-c', 'radius.conf'], { cwd: dir, env: options.env ?? {}, input: stdin });
  try {
    await writeFile(join(dir, 'radius.conf'), options.config(dir), { mode: 0o600 });
    await options.prepare?.(cli);
  } catch (error) {
    await removeTempDir(dir);
    throw error;
  }
  return serve(dir, options, cli);
}
