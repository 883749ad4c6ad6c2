import { once } from 'node:events';

/** Writes lines to standard output and waits until it takes more: very many don't pile up in memory. */
export async function writeLines(lines: readonly string[]): Promise<void> {
  if (!process.stdout.write(lines.map((line) => `${line}\n`).join(''))) await once(process.stdout, 'drain');
}
