import { Command } from 'commander';
import { countMessages } from '../../audit/count-messages.ts';
import { countUsage, type Period } from '../../audit/count-usage.ts';
import type { Store } from '../../store/store.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { localMonth } from '../terminal/local-time.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { withExistingStore } from '../with-existing-store.ts';

/** A month, or as much of it as was asked for. */
interface Month {
  readonly month: string;
  readonly users: number;
  readonly authentications: number;
  /** Authentications by method: "none" where no second factor was asked. */
  readonly byMethod: Readonly<Record<string, number>>;
  /** Messages that a provider took, by channel. */
  readonly messages: Readonly<Record<string, number>>;
}

/** `radgate report usage` */
export function reportUsageCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('usage')
    .description('count active users, authentications and messages by month')
    .addOption(since.default(undefined, 'eleven months before this one'))
    .addOption(until)
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => usage(command.optsWithGlobals()));
}

async function usage(options: ReportOptions): Promise<void> {
  const now = Date.now();
  const { since, until } = readPeriod(options, now);
  const today = new Date(now);
  const period = {
    since: since ?? new Date(today.getFullYear(), today.getMonth() - 11).getTime(),
    until: until ?? now + 1,
  };
  const months = await withExistingStore(options, async (store) => {
    const counted: Month[] = [];
    for (const each of monthsOf(period)) counted.push(await countMonth(store, each));
    return counted;
  });
  if (options.json) return printJson({ months: months.map(monthJson) });
  if (options.csv) return print('month,what,method,count', ...months.flatMap(csvRows));
  const rows = months.filter(isUsed).map(({ month, users, authentications, byMethod, messages }) => {
    const counts = [String(users), String(authentications), listOf(byMethod), listOf(messages)];
    return [month, ...counts].map(shown);
  });
  if (rows.length === 0) return print('Nobody was let in.');
  const header = ['month', 'users', 'logins', 'by method', 'messages'];
  print(...table(header, rows, { width: outputWidth(), cut: [3, 4] }));
}

/** Cuts a period where months begin in the zone of this host. */
function* monthsOf({ since, until }: Period): Generator<Period> {
  for (let from = since; from < until;) {
    const at = new Date(from);
    const to = Math.min(new Date(at.getFullYear(), at.getMonth() + 1).getTime(), until);
    yield { since: from, until: to };
    from = to;
  }
}

async function countMonth(store: Store, period: Period): Promise<Month> {
  const { users, accepted } = await store.run(countUsage, period);
  const sent = (await store.run(countMessages, period)).filter(({ state }) => state === 'sent');
  const messages: Record<string, number> = {};
  for (const { channel, count } of sent) messages[channel] = (messages[channel] ?? 0) + count;
  return {
    month: localMonth(period.since),
    users,
    authentications: accepted.reduce((sum, { count }) => sum + count, 0),
    byMethod: Object.fromEntries(accepted.map(({ method, count }) => [method ?? 'none', count])),
    messages,
  };
}

function isUsed({ authentications, messages }: Month): boolean {
  return authentications > 0 || Object.keys(messages).length > 0;
}

/** Such as "sms 12, totp 40". */
function listOf(counts: Readonly<Record<string, number>>): string {
  return (
    Object.entries(counts)
      .map(([what, count]) => `${what} ${count}`)
      .join(', ') || '-'
  );
}

/** A month as `--json` shows it: a contract with scripts, see docs/command-line.md. */
function monthJson({ month, users, authentications, byMethod, messages }: Month): object {
  return { month, active_users: users, authentications, authentications_by_method: byMethod, messages_sent: messages };
}

function csvRows({ month, users, authentications, byMethod, messages }: Month): string[] {
  return [
    csvLine([month, 'active_users', null, users]),
    csvLine([month, 'authentications', null, authentications]),
    ...Object.entries(byMethod).map(([method, count]) => csvLine([month, 'authentications_by_method', method, count])),
    ...Object.entries(messages).map(([method, count]) => csvLine([month, 'messages_sent', method, count])),
  ];
}
