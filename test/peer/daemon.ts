import { closed, onLines, startChild } from './child.ts';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';
import { removeTempDir } from './temp-dir.ts';

export interface DaemonOptions {
  /** As errors call it. */
  readonly name: string;
  readonly command: string;
  readonly args: readonly string[];
  /** Of its own, if it has one: gone once it has ended. */
  readonly dir?: string;
  /** Settles once it serves; rejects when it does not. */
  readonly isReady: (journal: Journal<string>) => Promise<unknown>;
}

/** A server that runs in the foreground. */
export interface Daemon {
  readonly pid: number;
  /** All it has printed, on both outputs. */
  readonly journal: Journal<string>;
  /** It goes on after this one. */
  readonly signal: (name: NodeJS.Signals) => void;
  /** Settles once it is gone, and its directory. @param signal SIGTERM unless it is another */
  readonly stop: (signal?: NodeJS.Signals) => Promise<void>;
}

/** Starts one. Rejects with its last lines when it does not come up; it is gone then too, and its directory. */
export async function startDaemon({ name, command, args, dir, isReady }: DaemonOptions): Promise<Daemon> {
  const child = startChild(command, args);
  const journal = new Journal<string>();
  onLines(child.stdout, (line) => journal.add(line));
  onLines(child.stderr, (line) => journal.add(line));
  const end = closed(child).finally(() => journal.end(`${name} ended`));
  end.catch(() => undefined);
  const stop = async (signal: NodeJS.Signals = 'SIGTERM'): Promise<void> => {
    child.kill(signal);
    try {
      await within(5_000, `${name} to end`, end);
    } finally {
      child.kill('SIGKILL');
      if (dir !== undefined) await removeTempDir(dir);
    }
  };
  try {
    await Promise.race([isReady(journal), end.then(() => Promise.reject(new Error('it ended')))]);
  } catch (error) {
    await stop().catch(() => undefined);
    throw new Error(`${name} did not start: ${journal.entries.slice(-5).join('\n')}`, { cause: error });
  }
  return { pid: child.pid ?? 0, journal, signal: (name) => child.kill(name), stop };
}
