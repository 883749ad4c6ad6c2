import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { pathToFileURL } from 'node:url';

const hook = pathToFileURL(join(import.meta.dirname, 'live-memory.js')).href;
const lookEvery = 20;
const limit = 10_000;

function fileIn(dir: string): string {
  return join(dir, 'live');
}

/** Arguments of node for a radgate that liveOctets can ask; it is to be started after this. @param dir where it leaves its answers */
export function tellsLive(dir: string): string[] {
  process.env['RADGATE_LIVE_MEMORY'] = fileIn(dir);
  return ['--expose-gc', '--import', hook];
}

/** Octets that a radgate has in use, once it has collected its garbage. @throws Error if it does not tell within 10 s */
export async function liveOctets(pid: number, dir: string): Promise<number> {
  rmSync(fileIn(dir), { force: true });
  process.kill(pid, 'SIGUSR2');
  for (let waited = 0; waited < limit; waited += lookEvery) {
    await setTimeout(lookEvery);
    const told = Number(read(fileIn(dir)));
    if (told > 0) return told;
  }
  throw new Error('radgate did not tell what it has in use');
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return '';
  }
}
