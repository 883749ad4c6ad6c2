import { Command, Option } from 'commander';
import { findFraud, type Block, type Fraud, type Guesses, type Spray } from '../../audit/find-fraud.ts';
import type { NumberedRow } from '../../audit/list-rows.ts';
import { lockoutRules } from '../../build/rules.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';

interface Options extends ReportOptions {
  readonly limit: number;
}

/** `radgate report fraud` */
export function reportFraudCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('fraud')
    .description('tell what users reported, who is blocked, and who is guessed at')
    .addOption(since.default('24h'))
    .addOption(until)
    .addOption(new Option('--limit <n>', 'rows of each list').argParser(wholeNumber(1, 10_000)).default(20))
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => tell(command.optsWithGlobals()));
}

async function tell(options: Options): Promise<void> {
  const now = Date.now();
  const { since, until } = readPeriod(options, now);
  const period = { since: since ?? 0, until: until ?? now + 1 };
  const fraud = await withExistingStore(options, (store, config) =>
    store.run(findFraud, {
      ...period,
      limit: options.limit,
      lockout: lockoutRules(config),
      block: config.approval.block,
      now,
    }),
  );
  if (options.json) return printJson(json(fraud, period));
  if (options.csv) return print(...csvOf(fraud));
  print(`From ${localTime(period.since)} to ${localTime(period.until)}:`, ...linesOf(fraud));
}

const told: Readonly<Record<Block['what'], string>> = {
  reported: "a login was reported as not the user's own",
  locked: 'too many wrong codes',
  paused: 'wrong codes in a row',
};

function linesOf({ reported, blocks, guesses, sprays }: Fraud): string[] {
  const lists = [
    listOf(['reported', 'user', 'from', 'client'], reported.map(reportCells), [1, 2, 3]),
    listOf(['blocked now', 'until', 'why'], blocks.map(blockCells), [0]),
    listOf(['wrong codes', 'over limit', 'origins', 'last', 'user'], guesses.map(guessCells), [4]),
    listOf(['wrong passwords', 'users', 'last', 'origin'], sprays.map(sprayCells), [3]),
  ];
  const found = lists.filter((lines) => lines.length > 0);
  if (found.length === 0) return ['Nothing was reported, nobody is blocked, and no guesses were seen.'];
  return found.flatMap((lines) => ['', ...lines]);
}

function listOf(header: readonly string[], rows: readonly string[][], cut: readonly number[]): string[] {
  return rows.length === 0 ? [] : table(header, rows, { width: outputWidth(), cut });
}

function reportCells({ at, userName, device, callingStationId, client }: NumberedRow): string[] {
  return [localTime(at), userName, device ?? callingStationId ?? '-', client].map(shown);
}

function blockCells({ user, what, until }: Block): string[] {
  return [shown(user), until === null ? 'radgate user unlock' : localTime(until), told[what]];
}

function guessCells({ user, count, overLimit, origins, last }: Guesses): string[] {
  return [String(count), String(overLimit), String(origins), localTime(last), shown(user)];
}

function sprayCells({ origin, count, users, last }: Spray): string[] {
  return [String(count), String(users), localTime(last), shown(origin)];
}

/** A contract with scripts, see docs/command-line.md. */
function json(
  { reported, blocks, guesses, sprays }: Fraud,
  { since, until }: { since: number; until: number },
): object {
  return {
    since: isoTime(since),
    until: isoTime(until),
    reported: reported.map(({ at, loginId, userName, device, callingStationId, client }) => ({
      time: isoTime(at),
      login: loginId,
      user: userName,
      device: device ?? callingStationId,
      client,
    })),
    blocked: blocks.map(({ user, what, until: end }) => ({ user, why: what, until: isoTime(end) })),
    wrong_codes: guesses.map(({ user, count, overLimit, origins, last }) => ({
      user,
      count,
      over_limit: overLimit,
      origins,
      last: isoTime(last),
    })),
    wrong_passwords: sprays.map(({ origin, count, users, last }) => ({ origin, count, users, last: isoTime(last) })),
  };
}

function csvOf({ reported, blocks, guesses, sprays }: Fraud): string[] {
  return [
    'what,who,count,time',
    ...reported.map(({ userName, at }) => csvLine(['reported', userName, 1, isoTime(at)])),
    ...blocks.map(({ user, what, until }) => csvLine([`blocked (${what})`, user, null, isoTime(until)])),
    ...guesses.map(({ user, count, last }) => csvLine(['wrong codes', user, count, isoTime(last)])),
    ...sprays.map(({ origin, count, last }) => csvLine(['wrong passwords', origin, count, isoTime(last)])),
  ];
}
