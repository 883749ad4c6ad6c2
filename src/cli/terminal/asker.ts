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
