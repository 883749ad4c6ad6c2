import { OperatorError } from '../errors.ts';

/** Something in a config file that is wrong, or (as a warning) worth a second look. Never shows a secret. */
export interface ConfigProblem {
  readonly file: string;
  /** From 1. Of the key, or of the section's header where a key is missing. */
  readonly line: number;
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

/** As compilers write it, so that editors and terminals can jump to the line: `radius.conf:12: message`. */
export function formatProblem({ file, line, message }: ConfigProblem): string {
  return `${file}:${line}: ${message}`;
}
