import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { closed, onLines, startChild } from './child.ts';
import { within } from './deadline.ts';
import { Journal } from './journal.ts';
import { removeTempDir } from './temp-dir.ts';

/** A FreeRADIUS in the foreground, on a configuration of our own. */
export interface FreeRadiusProcess {
  /** All it has printed at debug level. */
  readonly journal: Journal<string>;
  /** Then its directory is gone. */
  readonly stop: () => Promise<void>;
}

/**
 * Starts one in `dir`, whose other files are there already. Rejects with its last lines when it does not come up within 10 s; the
 * directory is gone then too.
 */
export async function startFreeRadiusProcess(dir: string, config: string): Promise<FreeRadiusProcess> {
  await writeFile(join(dir, 'radiusd.conf'), config, { mode: 0o600 });
  // -sfxxl stdout is -X without the second port that some builds open; -s keeps the lines of one request together.
  const child = startChild('freeradius', ['-sfxxl', 'stdout', '-d', dir]);
  const journal = new Journal<string>();
  onLines(child.stdout, (line) => journal.add(line));
  onLines(child.stderr, (line) => journal.add(line));
  const end = closed(child).finally(() => journal.end('FreeRADIUS ended'));
  end.catch(() => undefined);

  const stop = async (): Promise<void> => {
    child.kill('SIGTERM');
    try {
      await within(5_000, 'FreeRADIUS to end', end);
    } finally {
      child.kill('SIGKILL');
      await removeTempDir(dir);
    }
  };
  try {
    await journal.waitFor((line) => line === 'Ready to process requests', 'its readiness');
  } catch (error) {
    await stop().catch(() => undefined);
    throw new Error(`FreeRADIUS did not start: ${journal.entries.slice(-5).join('\n')}`, { cause: error });
  }
  return { journal, stop };
}
