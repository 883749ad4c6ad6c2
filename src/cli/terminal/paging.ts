import { InvalidArgumentError, Option } from 'commander';

export interface PagingOptions {
  readonly limit: number;
  readonly offset: number;
}

const mostShown = 10_000;

/** `--limit N` and `--offset N` of a list. */
export function pagingOptions(): readonly [Option, Option] {
  return [
    new Option('--limit <n>', 'how many to show at most').argParser(wholeNumber(1, mostShown)).default(100),
    new Option('--offset <n>', 'how many to leave out before them').argParser(wholeNumber(0, 1e9)).default(0),
  ];
}

/** Reads a whole number of the command line. */
export function wholeNumber(least: number, most: number): (typed: string) => number {
  return (typed) => {
    const value = /^[0-9]{1,15}$/.test(typed) ? Number(typed) : NaN;
    if (value >= least && value <= most) return value;
    throw new InvalidArgumentError(`It must be a whole number from ${least} to ${most}.`);
  };
}

/** The last line of a list that goes on, or nothing. @param shown how many this page has @param what such as "users" */
export function moreLine(shown: number, total: number, { offset, limit }: PagingOptions, what: string): string[] {
  const left = total - offset - shown;
  if (left <= 0) return [];
  return ['', `${left} more ${what}: add --offset ${offset + limit}, or a larger --limit (up to ${mostShown}).`];
}
