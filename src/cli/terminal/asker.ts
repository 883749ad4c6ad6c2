import { PipedAsker } from './piped-asker.ts';
import { TerminalAsker } from './terminal-asker.ts';

export interface Question {
  /** Shown on a terminal, with the blank that ends it. */
  readonly prompt: string;
  /** What is asked for, for the error if input ends: "the password". */
  readonly what: string;
  /** Whether what is typed may be seen. */
  readonly echo: boolean;
}

/** Asks the person at the terminal, or reads one line for each answer where standard input is none. */
export interface Asker {
  readonly isTerminal: boolean;
  /** @returns the octets of the line, without its end @throws OperatorError 'usage' if input ends before it, or the line is too long */
  ask(question: Question): Promise<Buffer>;
  close(): void;
}

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
