import type { Asker } from './asker.ts';
import { PipedAsker } from './piped-asker.ts';
import { TerminalAsker } from './terminal-asker.ts';

/** Asks as long as `use` runs; afterwards standard input keeps nothing waiting. */
export async function withAsker<T>(use: (asker: Asker) => Promise<T>): Promise<T> {
  const { stdin, stderr } = process;
  const asker: Asker = stdin.isTTY ? new TerminalAsker(stdin, stderr) : new PipedAsker(stdin);
  try {
    return await use(asker);
  } finally {
    asker.close();
  }
}
