import { Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import type { CommonOptions } from '../common-options.ts';
import { readMoment } from '../input/read-moment.ts';

export interface FormatOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
}

export interface ReportOptions extends CommonOptions, FormatOptions {
  readonly since?: string;
  readonly until?: string;
}

/** `--since` and `--until`. */
export function periodOptions(): readonly [Option, Option] {
  return [
    new Option('--since <time>', 'not before: 24h, 7d, 2026-12-31 or 2026-12-31T17:00:00'),
    new Option('--until <time>', 'not after; a date alone includes its day'),
  ];
}

/** `--json` and `--csv`. */
export function formatOptions(): readonly [Option, Option] {
  return [
    new Option('--json', 'for programs').conflicts('csv'),
    new Option('--csv', 'for spreadsheets').conflicts('json'),
  ];
}

/**
 * What `--since` and `--until` say; null where they say nothing.
 * @param now milliseconds since 1970 UTC
 * @throws OperatorError 'usage' if they can't be read or no time is between them
 */
export function readPeriod(
  { since, until }: ReportOptions,
  now: number,
): { since: number | null; until: number | null } {
  const from = since === undefined ? null : readMoment('--since', since, 'start', now);
  const to = until === undefined ? null : readMoment('--until', until, 'end', now);
  if (from !== null && from >= (to ?? Infinity)) throw new OperatorError('usage', '--until must be later than --since');
  return { since: from, until: to };
}
