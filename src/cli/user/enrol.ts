import { Command, Option } from 'commander';
import type { Config } from '../../config/schema.ts';
import { languageFor, wordsIn } from '../../deliver/in-language.ts';
import { maskAddress } from '../../deliver/phone-number.ts';
import { renderEnrolment } from '../../deliver/render-notice.ts';
import { textsOf } from '../../deliver/texts-of.ts';
import { createEnrolments, type Created, type NewEnrolment } from '../../enrol/create-enrolments.ts';
import type { Existing } from '../../enrol/enrolment.ts';
import { OperatorError } from '../../errors.ts';
import { randomOctets } from '../../random.ts';
import { bootId } from '../../store/host-time.ts';
import { everyone, listUsers } from '../../store/list-users.ts';
import { StoreError, type Store } from '../../store/store.ts';
import type { UserSummary } from '../../store/user-summary.ts';
import { showUser } from '../../store/users.ts';
import { systemClock } from '../../clock.ts';
import { hasChannel } from '../../config/has-channel.ts';
import type { CommonOptions } from '../common-options.ts';
import { fileLines, LineError } from '../input/file-lines.ts';
import { newChange } from '../new-change.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { note, print, printAll, printJson } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { shown } from '../terminal/shown.ts';
import { terminalQr } from '../terminal/terminal-qr.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly group?: string;
  readonly file?: string;
  readonly mail?: boolean;
  readonly days: number;
  readonly existing: Existing;
  readonly again?: boolean;
  readonly json?: boolean;
}

/** What came of one user. */
interface Result {
  readonly user: string;
  readonly state: Created | 'no-address';
  /** Null where it went by mail, and where there is none. */
  readonly link: string | null;
}

/** Users of one transaction: others get in between. */
const batch = 100;
const day = 86_400_000;

/** `radgate user enrol [NAME]` */
export function userEnrolCommand(): Command {
  return new Command('enrol')
    .description('give users a link, good once, to a page on which they register an app or a phone')
    .argument('[name]', 'found as a login finds it')
    .addOption(new Option('--group <name>', 'all members of a group').conflicts('file'))
    .option('--file <file>', 'the users of a file, a name in each line')
    .option('--mail', 'send each link to the e-mail address of its user (default: print it)')
    .addOption(new Option('--days <n>', 'how long it is good').argParser(wholeNumber(1, 90)).default(7))
    .addOption(
      new Option('--existing <what>', 'who has a second factor already: gets no link, may add to it, or replaces it')
        .choices(['refuse', 'add', 'replace'])
        .default('refuse'),
    )
    .option('--again', 'also to those who have a link that is still good; it ends')
    .option('--json', 'for programs')
    .action(async (name: string | undefined, _options: unknown, command: Command) =>
      enrol(name, command.optsWithGlobals()),
    );
}

async function enrol(typed: string | undefined, options: Options): Promise<void> {
  const given = [typed, options.group, options.file].filter((one) => one !== undefined).length;
  if (given !== 1) throw new OperatorError('usage', 'say whom: one of NAME, --group GROUP, --file FILE');
  await withStore(options, async (store, config) => {
    const { url, listen } = config.web;
    if (url === undefined || !listen)
      throw new OperatorError(
        'usage',
        'there is no page to send users to: set "listen" and "url" in [web], see docs/enrolment.md',
      );
    if (options.mail && !hasChannel(config, 'email'))
      throw new OperatorError('usage', '--mail needs a [[provider]] with the channel "email"');
    const users = await whom(store, typed, options);
    const results: Result[] = [];
    try {
      await linksInBatches(users, options, results, (some) => linksFor(store, config, url, some, options));
    } catch (error) {
      // These links are made: nobody else knows them.
      if (options.json && results.length > 0) printJson({ links: results });
      const made = count(results, 'created');
      if (made === 0 || !(error instanceof StoreError)) throw error;
      throw new OperatorError(
        'links-unfinished',
        `${made} of ${users.length} got a link, then the store did not go on: ${error.message}`,
        { cause: error },
      );
    }
    tell(results, options);
  });
}

/** Prints the links of each batch once they are made, since a second run leaves their users out. @param results filled batch by batch */
async function linksInBatches(
  users: readonly UserSummary[],
  { json }: Options,
  results: Result[],
  make: (some: readonly UserSummary[]) => Promise<readonly Result[]>,
): Promise<void> {
  const bar = new ProgressBar('Making links', users.length);
  try {
    for (let from = 0; from < users.length; from += batch) {
      const made = await make(users.slice(from, from + batch));
      results.push(...made);
      bar.end();
      if (!json) printAll(made.flatMap(({ user, link }) => (link === null ? [] : `${shown(user)}\t${link}`)));
      bar.update(Math.min(users.length, from + batch));
    }
  } finally {
    bar.end();
  }
}

async function whom(store: Store, typed: string | undefined, { group, file }: Options): Promise<UserSummary[]> {
  if (typed !== undefined) return [await store.run(showUser, userName(typed))];
  const users: UserSummary[] = [];
  if (group !== undefined) {
    for (;;) {
      const found = await store.run(listUsers, { ...everyone, group, limit: 500, offset: users.length });
      users.push(...found.users);
      if (found.users.length === 0) break;
    }
    if (users.length === 0) throw new OperatorError('not-found', `nobody is in the group "${group}"`);
    return users;
  }
  return usersOf(store, file ?? '');
}

/** All of them are looked up before anyone gets a link. */
async function usersOf(store: Store, file: string): Promise<UserSummary[]> {
  const users: UserSummary[] = [];
  let line = 0;
  try {
    for await (const text of fileLines(file)) {
      line++;
      const name = text.trim();
      if (name !== '' && !name.startsWith('#')) users.push(await store.run(showUser, userName(name)));
    }
  } catch (error) {
    if (error instanceof OperatorError)
      throw new OperatorError(error.code, `${file}:${line}: ${error.message}`, { cause: error });
    if (error instanceof LineError)
      throw new OperatorError('usage', `${file}:${error.line}: ${error.message}`, { cause: error });
    if (error instanceof Error && 'syscall' in error)
      throw new OperatorError('usage', `cannot read ${file}: ${error.message}`, { cause: error });
    throw error;
  }
  return users;
}

async function linksFor(
  store: Store,
  config: Config,
  url: string,
  users: readonly UserSummary[],
  { mail = false, days, existing, again = false }: Options,
): Promise<Result[]> {
  const change = newChange('user enrol');
  const expires = change.at + days * day;
  const reachable = users.filter(({ email }) => !mail || email !== null);
  const made = reachable.map((user) => ({ user, link: linkFor(config, url, user, mail, expires) }));
  const states = await store.run(createEnrolments, {
    links: made.map(({ link }) => link.enrolment),
    existing,
    again,
    phones: hasChannel(config, 'sms', 'voice'),
    expires,
    time: { boot: bootId(), now: Math.floor(systemClock.monotonic()) },
    change,
  });
  const created = made.map(({ user, link }, i): Result => {
    const state = states[i] ?? 'disabled';
    return { user: user.name, state, link: state === 'created' && !mail ? link.address : null };
  });
  const missing = users.filter(({ email }) => mail && email === null);
  return [...created, ...missing.map(({ name }): Result => ({ user: name, state: 'no-address', link: null }))];
}

function linkFor(
  config: Config,
  url: string,
  { id: userId, email, language: own }: UserSummary,
  mail: boolean,
  until: number,
): { readonly enrolment: NewEnrolment; readonly address: string } {
  const token = randomOctets(16);
  const address = `${url}/e/${token.toString('base64url')}`;
  if (!mail || email === null) return { enrolment: { userId, token, mail: null }, address };
  const texts = textsOf(config);
  const language = languageFor(texts, own, config.deliver.language);
  const { notice } = wordsIn(texts, language);
  const rendered = renderEnrolment(notice, { link: address, until, application: config.totp.issuer, language });
  return {
    enrolment: {
      userId,
      token,
      mail: {
        id: randomOctets(16).toString('hex'),
        target: maskAddress(email),
        envelope: { ...rendered, to: email, extension: null, code: '', language },
      },
    },
    address,
  };
}

const why: Readonly<Record<Exclude<Result['state'], 'created'>, string>> = {
  open: 'had a link that is still good (--again makes another)',
  'has-factor': 'had a second factor already (--existing add or replace)',
  disabled: 'were disabled',
  'no-address': 'had no e-mail address ("radgate user set NAME --email ADDRESS")',
};

function count(results: readonly Result[], state: Result['state']): number {
  return results.filter((result) => result.state === state).length;
}

/** What is told at the end: the links are printed by now, but for `--json`. */
function tell(results: readonly Result[], { json, mail, days }: Options): void {
  const [only] = results;
  if (json) printJson({ links: results });
  else if (results.length === 1 && only?.link && process.stdout.isTTY) print('', ...terminalQr(only.link), '');
  const made = count(results, 'created');
  note(`${made} of ${results.length} got a link${mail ? ' by mail' : ''}; each is good once, for ${days} day(s).`);
  for (const [state, text] of Object.entries(why)) {
    const left = count(results, state as Result['state']);
    if (left > 0) note(`${left} ${text}.`);
  }
  if (mail && made > 0)
    note('"radgate deliver list" tells what became of the mails, "radgate report enrolment" who is left.');
}
