import { Command, Option } from 'commander';
import { countDenials, type DenialCount } from '../../audit/count-denials.ts';
import { reasonOf } from '../../login/reasons.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';

interface Options extends ReportOptions {
  readonly limit: number;
}

/** `radgate report denials` */
export function reportDenialsCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('denials')
    .description('count what was not let in, by reason, by name and by origin')
    .addOption(since.default('24h'))
    .addOption(until)
    .addOption(
      new Option('--limit <n>', 'how many names and origins, the most frequent first')
        .argParser(wholeNumber(1, 10_000))
        .default(10),
    )
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => denials(command.optsWithGlobals()));
}

async function denials(options: Options): Promise<void> {
  const now = Date.now();
  const { since, until } = readPeriod(options, now);
  const period = { since: since ?? 0, until: until ?? now + 1 };
  const found = await withExistingStore(options, (store) =>
    store.run(countDenials, { ...period, limit: options.limit }),
  );
  const { total, reasons, users, origins } = found;
  if (options.json)
    return printJson({
      since: isoTime(period.since),
      until: isoTime(period.until),
      total,
      reasons: reasons.map((row) => json('reason', 'users', row)),
      users: users.map((row) => json('user', 'origins', row)),
      origins: origins.map((row) => json('origin', 'users', row)),
    });
  if (options.csv)
    return print(
      'by,what,denials,spread,last',
      ...reasons.map((row) => csvRow('reason', row)),
      ...users.map((row) => csvRow('user', row)),
      ...origins.map((row) => csvRow('origin', row)),
    );
  print(`From ${localTime(period.since)} to ${localTime(period.until)}: ${total} denials.`);
  if (total === 0) return;
  const width = outputWidth();
  const why = reasons.map((row) => [
    String(row.count),
    String(row.spread),
    shown(row.what),
    reasonOf(row.what)?.meaning ?? '-',
  ]);
  print(
    '',
    ...table(['denials', 'users', 'reason', 'meaning'], why, { width, cut: [3] }),
    '',
    ...table(['denials', 'origins', 'last', 'user'], users.map(cells), { width, cut: [3] }),
    '',
    ...table(['denials', 'users', 'last', 'origin'], origins.map(cells), { width, cut: [3] }),
  );
}

function cells({ what, count, spread, last }: DenialCount): string[] {
  return [String(count), String(spread), localTime(last), shown(what)];
}

/** A count as `--json` shows it: a contract with scripts, see docs/command-line.md. */
function json(what: string, spread: string, row: DenialCount): object {
  return { [what]: row.what, denials: row.count, [spread]: row.spread, last: isoTime(row.last) };
}

function csvRow(by: string, { what, count, spread, last }: DenialCount): string {
  return csvLine([by, what, count, spread, isoTime(last)]);
}
