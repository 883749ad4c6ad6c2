import { OperatorError } from '../errors.ts';

/** Something in a config file that is wrong, or (as a warning) worth a second look. Never shows a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. Of the key, or of the section's header where a key is missing. */
  readonly line: number;
  /** From 1, where the syntax is wrong. */
  readonly column?: number;
  /** What is wrong and what would be right. */
  readonly message: string;
}

/** A config file that can't be used, with everything that is wrong with it at once, in the order of the lines. */
export class ConfigError extends OperatorError {
  readonly problems: readonly ConfigProblem[];

  constructor(problems: readonly ConfigProblem[]) {
    super('config-invalid', problems.map(formatProblem).join('\n'));
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** As compilers write it, so that editors and terminals can jump there: `radius.conf:12: message`, `radius.conf:12:5: message`. */
export function formatProblem({ file, line, column, message }: ConfigProblem): string {
  const place = column === undefined ? line : `${line}:${column}`;
  return `${file}:${place}: ${message}`;
}
