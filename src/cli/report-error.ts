import { CommanderError } from 'commander';
import { ConfigError, formatProblem } from '../config/problem.ts';
import { Exit, OperatorError } from '../errors.ts';
import { StoreError } from '../store/store.ts';
import { note } from './terminal/print.ts';
import { wrap } from './terminal/wrap.ts';

/** Says on standard error what went wrong and what can be done. @returns the exit code */
export function reportError(error: unknown): number {
  // Commander has printed its own message already.
  if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.ok : Exit.usage;
  if (error instanceof ConfigError) {
    // A line each, unbroken, so that editors and terminals find the place.
    note(...error.problems.map(formatProblem), ...remedy(error.remedy));
    return error.exit;
  }
  if (error instanceof OperatorError) {
    note(...wrap(`radgate: ${error.message}`, width()), ...remedy(error.remedy));
    return error.exit;
  }
  if (error instanceof StoreError) {
    const message = `radgate: the store did not do it, nothing was changed: ${error.message}`;
    note(...wrap(message, width()), ...remedy('Is the disk full, or another program holding the file? Try again.'));
    return Exit.unavailable;
  }
  note(`radgate: a defect, please report it: ${error instanceof Error ? error.stack : String(error)}`);
  return Exit.internal;
}

function remedy(text: string): string[] {
  return text === '' ? [] : wrap(text, width() - 2).map((line) => `  ${line}`);
}

/** A terminal would break lines within words; whatever else reads them wants them whole. */
function width(): number {
  return process.stderr.isTTY ? process.stderr.columns : Infinity;
}
