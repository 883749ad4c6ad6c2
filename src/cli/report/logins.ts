import { Command, Option } from 'commander';
import { findSubject } from '../../audit/find-subject.ts';
import { listRows, type NumberedRow, type RowFilter } from '../../audit/list-rows.ts';
import { loginReasons } from '../../login/reasons.ts';
import { deviceOfRow } from '../../siem/event.ts';
import { OperatorError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { print } from '../terminal/print.ts';
import { outsideOf } from './outside.ts';
import { formatOptions, periodOptions, readPeriod, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { userName } from '../user/name.ts';
import { withExistingStore } from '../with-existing-store.ts';
import { writeLines } from '../terminal/write-lines.ts';

interface Options extends ReportOptions {
  readonly user?: string;
  readonly client?: string;
  readonly result?: string;
  readonly reason?: string;
  readonly method?: string;
  readonly outside?: readonly string[];
  readonly limit?: number;
}

const pageSize = 1_000;
/** Rows of a table, which is held as a whole to find the widths of its columns. */
const usual = 100;
const most = 10_000;

/** `radgate report logins` */
export function reportLoginsCommand(): Command {
  const [since, until] = periodOptions();
  const [json, csv] = formatOptions();
  return new Command('logins')
    .description('list what logins came to, the newest first')
    .option('--user <name>', 'only of this user, found as a login finds it')
    .option('--client <name>', 'only at this [[client]]')
    .addOption(since)
    .addOption(until)
    .addOption(new Option('--result <result>', 'only of this result').choices(results))
    .option('--reason <reason>', 'only of this reason (see docs/reasons.md)')
    .option('--method <method>', 'only with this method: totp, hotp, sms, voice ...')
    .option('--outside <network...>', 'only of devices in none of these networks, or files of them')
    .addOption(
      new Option('--limit <n>', `how many at most (default: ${usual}; with --json or --csv all)`).argParser(
        wholeNumber(1, 1e9),
      ),
    )
    .addOption(json)
    .addOption(csv)
    .action(async (_options: unknown, command: Command) => logins(command.optsWithGlobals()));
}

const results = ['accept', 'reject', 'challenge', 'silence'] as const;
const columns = [
  ['time', ({ at }) => isoTime(at)],
  ['login', ({ loginId }) => loginId],
  ['user', ({ userName }) => userName],
  ['user_id', ({ userId }) => userId],
  ['client', ({ client }) => client],
  ['client_address', ({ clientAddress }) => clientAddress],
  ['device', ({ callingStationId }) => callingStationId],
  ['primary', ({ primary }) => primary],
  ['method', ({ method }) => method],
  ['result', ({ result }) => result],
  ['reason', ({ reason }) => reason],
  ['latency_ms', ({ latency }) => latency],
  ['primary_ms', ({ spentMs }) => spentMs.primary],
  ['store_ms', ({ spentMs }) => spentMs.store],
  ['approval_ms', ({ spentMs }) => spentMs.approval],
  ['account', ({ account }) => account],
  ['first_name', ({ firstName }) => firstName],
  ['last_name', ({ lastName }) => lastName],
  ['email', ({ email }) => email],
  ['phone', ({ phone }) => phone],
  ['token', ({ token = null }) => token],
  ['protocol', ({ protocol = null }) => protocol],
  ['application', ({ application = null }) => application],
  ['device_told', ({ device = null }) => device],
  ['node', ({ node }) => node],
  ['server_address', ({ serverAddress = null }) => serverAddress],
  ['rule', ({ rule = null }) => rule],
] as const satisfies readonly (readonly [string, (row: NumberedRow) => string | number | null])[];

async function logins(options: Options): Promise<void> {
  const { user, client = null, result = null, reason = null, method = null, json, csv } = options;
  if (reason !== null && !loginReasons.has(reason))
    throw new OperatorError('usage', `--reason is one of ${[...loginReasons.keys()].join(', ')}`);
  const typed = user === undefined ? undefined : userName(user);
  const period = readPeriod(options, Date.now());
  const limit = options.limit ?? (json || csv ? Infinity : usual);
  const isWanted = options.outside ? await outsideOf(options.outside) : undefined;
  if (!json && !csv && limit > most)
    throw new OperatorError('usage', `a table has at most ${most} rows: add --csv or --json, or a --limit`);
  await withExistingStore(options, async (store) => {
    const subject = typed === undefined ? null : await store.run(findSubject, typed);
    const filter = { subject, client, ...period, result, reason, method, changes: false };
    if (csv) print(csvLine(columns.map(([name]) => name)));
    const lineOf = json ? jsonLine : csv ? csvRow : undefined;
    if (lineOf) {
      for await (const page of pages(store, filter, isWanted, limit)) await writeLines(page.map(lineOf));
      return;
    }
    const rows: NumberedRow[] = [];
    // One more than is shown tells whether there are more.
    for await (const page of pages(store, filter, isWanted, limit + 1)) rows.push(...page);
    if (rows.length === 0) return print('No such logins.');
    const header = ['time', 'user', 'from', 'client', 'result', 'reason'];
    await writeLines(table(header, rows.slice(0, limit).map(cells), { width: outputWidth(), cut: [1, 2, 3, 5] }));
    if (rows.length > limit) print('', 'There are more: add --since or --until, or a larger --limit.');
  });
}

/** The rows page by page, so that no more than a page is in memory. */
async function* pages(
  store: Store,
  filter: RowFilter,
  isWanted: ((device: string | null) => boolean) | undefined,
  limit: number,
): AsyncGenerator<readonly NumberedRow[]> {
  let left = limit;
  let after: PageEnd | null = null;
  while (left > 0) {
    const page: readonly NumberedRow[] = await store.run(listRows, {
      ...filter,
      after,
      limit: isWanted ? pageSize : Math.min(left, pageSize),
    });
    const last = page.at(-1);
    if (!last) return;
    const wanted = isWanted ? page.filter((row) => isWanted(deviceOfRow(row))).slice(0, left) : page;
    yield wanted;
    after = { at: last.at, id: last.id };
    left -= wanted.length;
  }
}

interface PageEnd {
  readonly at: number;
  readonly id: number;
}

function cells(row: NumberedRow): string[] {
  const { at, userName, callingStationId, client, result, reason, method } = row;
  const why = method === null ? reason : `${reason} (${method})`;
  return [localTime(at), userName, callingStationId ?? '-', client, result, why].map(shown);
}

/** A row as `--json` shows it: a contract with scripts, see docs/command-line.md. */
function jsonLine(row: NumberedRow): string {
  return JSON.stringify(Object.fromEntries(columns.map(([name, value]) => [name, value(row)])));
}

function csvRow(row: NumberedRow): string {
  return csvLine(columns.map(([, value]) => value(row)));
}
