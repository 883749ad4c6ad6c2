import { Command } from 'commander';
import { countMessages, nobody, type MessageCount } from '../../audit/count-messages.ts';
import type { Config } from '../../config/schema.ts';
import type { Price } from '../../config/values/price.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';

const none = { sent: 0, failed: 0, abandoned: 0, waiting: 0, took: 0 };

/** What became of the messages of one channel and provider. */
interface Line {
  readonly channel: string;
  readonly provider: string;
  sent: number;
  failed: number;
  abandoned: number;
  /** Queued, or being sent just now. */
  waiting: number;
  /** From their requests until the provider had taken them, all that were sent together, in milliseconds. */
  took: number;
  /** What one costs; undefined if radius.conf does not say. */
  readonly price: Price | undefined;
}

/** `radgate report delivery` */
export function reportDeliveryCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('delivery')
    .description('count messages by channel and provider: sent, failed, how long they took, cost')
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
  const lines = await withExistingStore(options, async (store, config) =>
    linesOf(await store.run(countMessages, period), config),
  );
  if (options.json)
    return printJson({ since: isoTime(period.since), until: isoTime(period.until), providers: lines.map(lineJson) });
  if (options.csv)
    return print(
      'channel,provider,sent,failed,abandoned,waiting,mean_ms,cost,currency',
      ...lines.map((line) => csvLine(Object.values(lineJson(line)))),
    );
  print(`From ${localTime(period.since)} to ${localTime(period.until)}:`);
  if (lines.length === 0) return print('No messages.');
  const rows = lines.map((line) => {
    const { channel, provider, sent, failed, abandoned, waiting, price } = line;
    const [mean, cost] = [meanOf(line), costOf(line)];
    const time = mean === null ? '-' : `${(mean / 1000).toFixed(1)} s`;
    const paid = price === undefined || cost === null ? '-' : `${cost.toFixed(3)} ${price.currency}`;
    return [channel, provider, ...[sent, failed, abandoned, waiting].map(String), time, paid].map(shown);
  });
  const header = ['channel', 'provider', 'sent', 'failed', 'abandoned', 'waiting', 'mean', 'cost'];
  print('', ...table(header, rows, { width: outputWidth(), cut: [1] }));
}

function linesOf(counts: readonly MessageCount[], { provider: providers }: Config): Line[] {
  const prices = new Map(providers.map(({ name, price }) => [name, price]));
  const lines = new Map<string, Line>();
  for (const { channel, provider, state, count, took } of counts) {
    const key = `${channel} ${provider}`;
    const line = lines.get(key) ?? {
      channel,
      provider,
      price: prices.get(provider),
      ...none,
    };
    if (state === 'sent' || state === 'failed' || state === 'abandoned') line[state] += count;
    else line.waiting += count;
    line.took += took;
    lines.set(key, line);
  }
  return [...lines.values()];
}

/** In milliseconds; null where none was sent. */
function meanOf({ sent, took }: Line): number | null {
  return sent === 0 ? null : Math.round(took / sent);
}

function costOf({ sent, price }: Line): number | null {
  return price === undefined ? null : (sent * price.millionths) / 1_000_000;
}

/** A line as `--json` and `--csv` show it: a contract with scripts, see docs/command-line.md. */
function lineJson(line: Line): Record<string, string | number | null> {
  const { channel, provider, sent, failed, abandoned, waiting, price } = line;
  const own = { channel, provider: provider === nobody ? null : provider, sent, failed, abandoned, waiting };
  return { ...own, mean_ms: meanOf(line), cost: costOf(line), currency: price?.currency ?? null };
}
