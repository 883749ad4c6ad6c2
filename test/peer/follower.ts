import { resolve } from 'node:path';
import { traceEvent, type TraceEvent } from '../../src/trace/trace-event.ts';
import { closed, onLines, startChild } from './child.ts';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';

const program = resolve(import.meta.dirname, '../../src/main.js');

/** A `radgate trace` that runs beside the service. */
export interface Follower {
  /** The first line until now, or to come, that contains this. */
  waitFor(part: string): Promise<string>;
  /** Settles once so many lines satisfy `match`. */
  waitForCount(match: (line: string) => boolean, count: number): Promise<unknown>;
  /** All that it printed. */
  readonly lines: readonly string[];
  /** The same as events, of one with --json. */
  readonly events: readonly TraceEvent[];
  /** Ctrl-C; the exit code. */
  stop(): Promise<number | null>;
  /** The exit code, once it has ended by itself, and what it said. */
  end(): Promise<{ readonly code: number | null; readonly said: string }>;
}

/** Starts one in the directory of a service; settles when it follows. */
export async function startFollower(
  dir: string,
  args: readonly string[] = [],
  config = 'radius.conf',
): Promise<Follower> {
  const child = startChild(process.execPath, [program, 'trace', ...args, '-c', config], { cwd: dir });
  const journal = new Journal<string>();
  const said = new Journal<string>();
  onLines(child.stdout, (line) => journal.add(line));
  onLines(child.stderr, (line) => said.add(line));
  const finished = closed(child).finally(() => {
    journal.end('the trace ended');
    said.end('the trace ended');
  });
  await said.waitFor((line) => line.startsWith('Logins are followed'), 'its first line');
  const end = async (): Promise<{ code: number | null; said: string }> => {
    const { code } = await within(10_000, 'the end of the trace', finished);
    return { code, said: said.entries.join('\n') };
  };
  return {
    waitFor: (part) => journal.waitFor((line) => line.includes(part), part),
    waitForCount: (match, count) => {
      let seen = 0;
      return journal.waitFor((line) => match(line) && ++seen === count, `${count} lines`);
    },
    lines: journal.entries,
    get events() {
      return journal.entries.map((line) => traceEvent.parse(JSON.parse(line)));
    },
    stop: async () => {
      child.kill('SIGINT');
      return (await end()).code;
    },
    end,
  };
}
