import { Command, Option } from 'commander';
import { findSubject, type Subject } from '../../audit/find-subject.ts';
import { readStories, type Story } from '../../audit/read-stories.ts';
import type { NumberedRow } from '../../audit/list-rows.ts';
import { lockoutRules } from '../../build/rules.ts';
import type { Config } from '../../config/schema.ts';
import { reasonOf } from '../../login/reasons.ts';
import type { Store } from '../../store/store.ts';
import { showUser } from '../../store/users.ts';
import { csvLine } from '../terminal/csv-line.ts';
import { isoTime } from '../terminal/format-time.ts';
import { localTime } from '../terminal/local-time.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { formatOptions, type ReportOptions } from './options.ts';
import { shown } from '../terminal/shown.ts';
import { userName } from '../user/name.ts';
import { userState } from '../user/state.ts';
import { withExistingStore } from '../with-existing-store.ts';
import { wrap } from '../terminal/wrap.ts';

interface Options extends ReportOptions {
  readonly limit: number;
}

const width = 80;

/** `radgate report user NAME` */
export function reportUserCommand(): Command {
  const [json, csv] = formatOptions();
  return new Command('user')
    .description("tell the story of a user's last logins, why they failed and what to do")
    .argument('<name>', 'found as a login finds it; one who was removed, by the name')
    .addOption(new Option('--limit <n>', 'how many logins').argParser(wholeNumber(1, 1_000)).default(10))
    .addOption(json)
    .addOption(csv)
    .action(async (name: string, _options: unknown, command: Command) => tell(name, command.optsWithGlobals()));
}

async function tell(typed: string, options: Options): Promise<void> {
  const name = userName(typed);
  await withExistingStore(options, async (store, config) => {
    const subject = await store.run(findSubject, name);
    const stories = await readStories(store, subject, options.limit);
    const state = await stateOf(store, config, subject);
    if (options.csv) return print(...csvOf(stories));
    if (options.json)
      return printJson({
        user: subject.name,
        user_id: subject.userId,
        state,
        logins: stories.filter(isLogin).map(loginJson),
        changes: stories.filter((story) => !isLogin(story)).flatMap(({ rows }) => rows.map(stepJson)),
      });
    print(`${shown(subject.name)}: ${state}`);
    if (stories.length === 0) return print('No login was seen.');
    for (const story of stories) print('', ...linesOf(story));
  });
}

/** Such as "active", as "radgate user show" has it. */
async function stateOf(store: Store, config: Config, { userId, name }: Subject): Promise<string> {
  if (userId === null) return 'no such user in radgate';
  const user = await store.run(showUser, userName(name));
  const active = user.tokens.filter((token) => token.state === 'active').length;
  return `${userState(user, lockoutRules(config), Date.now())}, active tokens: ${active}`;
}

const isLogin = ({ last }: Story): boolean => last.result !== 'change' && last.result !== 'send';

const results: Readonly<Record<NumberedRow['result'], string>> = {
  accept: 'LET IN',
  reject: 'REFUSED',
  challenge: 'NOT FINISHED',
  silence: 'NOT ANSWERED',
  change: 'CHANGED',
  answer: 'PRESSED',
  send: 'MESSAGE',
};

function linesOf({ rows, last }: Story): string[] {
  const { callingStationId, result, clientAddress, client, actor = null } = last;
  const place =
    result === 'change'
      ? `by "${client}"${actor === null ? '' : ` of ${actor}`}`
      : result === 'send'
        ? `for ${client}`
        : `at ${client} from ${callingStationId ?? `${clientAddress} (client)`}`;
  const head = `${localTime(last.at)}  ${results[result]} ${place}`;
  const steps = rows.flatMap((row) => {
    const { reason, method, userName: typed, at } = row;
    const what = `${reason}${method === null ? '' : ` (${method})`}`;
    const meaning = reasonOf(reason)?.meaning ?? 'a reason that this version does not know';
    const step = indented(`${localTime(at, true).slice(11, 19)}  `, shown(`${what}, as "${typed}": ${meaning}`));
    return [...step, ...changed(row).flatMap((line) => indented(' '.repeat(10), shown(line)))];
  });
  const remedy = result === 'accept' || result === 'change' ? undefined : reasonOf(last.reason)?.remedy;
  return [shown(head), ...steps, ...(remedy === undefined ? [] : indented('What to do: ', remedy))];
}

/** Such as `phone: null -> "+41 ** ** ** 12"`. */
function changed({ changedFrom = null, changedTo = null }: NumberedRow): string[] {
  const [from, to] = [valuesOf(changedFrom), valuesOf(changedTo)];
  return Object.entries(to).map(
    ([name, value]) => `${name}: ${JSON.stringify(from[name])} -> ${JSON.stringify(value)}`,
  );
}

function valuesOf(json: string | null): Readonly<Record<string, unknown>> {
  return json === null ? {} : (JSON.parse(json) as Readonly<Record<string, unknown>>);
}

function indented(start: string, text: string): string[] {
  const room = width - 2 - start.length;
  return wrap(text, room).map((line, index) => `  ${index === 0 ? start : ' '.repeat(start.length)}${line}`);
}

/** A contract with scripts, as is stepJson: see docs/command-line.md. */
function loginJson({ rows, last }: Story): object {
  return {
    login: last.loginId,
    client: last.client,
    client_address: last.clientAddress,
    device: last.callingStationId,
    primary: last.primary,
    result: last.result,
    reason: last.reason,
    remedy: reasonOf(last.reason)?.remedy ?? null,
    steps: rows.map(stepJson),
  };
}

function stepJson(row: NumberedRow): object {
  const { at, userName: typed, method, result, reason, actor = null, changedFrom = null, changedTo = null } = row;
  const change =
    result === 'change' ? { actor, changed_from: valuesOf(changedFrom), changed_to: valuesOf(changedTo) } : {};
  return { time: isoTime(at), typed, method, result, reason, meaning: reasonOf(reason)?.meaning ?? null, ...change };
}

function csvOf(stories: readonly Story[]): string[] {
  const header = ['time', 'login', 'typed', 'client', 'device', 'method', 'result', 'reason', 'meaning', 'remedy'];
  const lines = stories.flatMap(({ rows }) =>
    rows.map(({ at, loginId, userName: typed, client, callingStationId, method, result, reason }) => {
      const known = reasonOf(reason);
      const about = [known?.meaning ?? null, known?.remedy ?? null];
      return csvLine([isoTime(at), loginId, typed, client, callingStationId, method, result, reason, ...about]);
    }),
  );
  return [csvLine(header), ...lines];
}
