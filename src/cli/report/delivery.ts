import { Command } from 'commander';
import { countMessages, nobody, type MessageCount } from '../../audit/count-messages.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';

/** What became of the messages of one channel and provider. */
interface Line {
  readonly channel: string;
  readonly provider: string;
  sent: number;
  failed: number;
  abandoned: number;
  /** Queued, or being sent just now. */
  waiting: number;
}

/** `radgate report delivery` */
export function reportDeliveryCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('delivery')
    .description('count messages by channel and provider: sent, failed')
    .addOption(since.default('30d'))
    .addOption(until)
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => delivery(command.optsWithGlobals()));
}

async function delivery(options: ReportOptions): Promise<void> {
  const now = Date.now();
  const { since, until } = readPeriod(options, now);
  const period = { since: since ?? 0, until: until ?? now + 1 };
  const lines = linesOf(await withExistingStore(options, (store) => store.run(countMessages, period)));
  if (options.json)
    return printJson({ since: isoTime(period.since), until: isoTime(period.until), providers: lines.map(lineJson) });
  if (options.csv)
    return print(
      'channel,provider,sent,failed,abandoned,waiting',
      ...lines.map((line) => csvLine(Object.values(lineJson(line)))),
    );
  print(`From ${localTime(period.since)} to ${localTime(period.until)}:`);
  if (lines.length === 0) return print('No messages.');
  const rows = lines.map(({ channel, provider, sent, failed, abandoned, waiting }) => {
    const counts = [sent, failed, abandoned, waiting].map(String);
    return [channel, provider, ...counts].map(shown);
  });
  const header = ['channel', 'provider', 'sent', 'failed', 'abandoned', 'waiting'];
  print('', ...table(header, rows, { width: outputWidth(), cut: [1] }));
}

function linesOf(counts: readonly MessageCount[]): Line[] {
  const lines = new Map<string, Line>();
  for (const { channel, provider, state, count } of counts) {
    const key = `${channel} ${provider}`;
    const line = lines.get(key) ?? { channel, provider, sent: 0, failed: 0, abandoned: 0, waiting: 0 };
    if (state === 'sent' || state === 'failed' || state === 'abandoned') line[state] += count;
    else line.waiting += count;
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** A line as `--json` and `--csv` show it: a contract with scripts, see docs/command-line.md. */
function lineJson({
  channel,
  provider,
  sent,
  failed,
  abandoned,
  waiting,
}: Line): Record<string, string | number | null> {
  return { channel, provider: provider === nobody ? null : provider, sent, failed, abandoned, waiting };
}
