import { Command } from 'commander';
import { showUser, type UserSummary } from '../store/users.ts';
import type { CommonOptions } from './common-options.ts';
import { formatTime } from './format-time.ts';
import { print, printJson } from './print.ts';
import { outputWidth, table } from './table.ts';
import { userJson } from './user-json.ts';
import { userName } from './user-name.ts';
import { userState } from './user-state.ts';
import { withStore } from './with-store.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
}

/** `radgate user show NAME` */
export function userShowCommand(): Command {
  return new Command('show')
    .description('all about one user, but no secrets')
    .argument('<name>', 'found as a login finds it')
    .option('--json', 'for programs')
    .action(async (name: string, _options: unknown, command: Command) => show(name, command.optsWithGlobals()));
}

async function show(name: string, options: Options): Promise<void> {
  const folded = userName(name);
  await withStore(options, async (store, config) => {
    const limit = config.lockout.failures;
    const user = await store.run(showUser, folded);
    if (options.json) printJson(userJson(user, limit));
    else print(...describe(user, limit));
  });
}

function describe(user: UserSummary, limit: number): string[] {
  const facts = [
    ['Name', user.name],
    ['Other names', user.aliases.join(', ') || '-'],
    ['State', userState(user, limit)],
    ['Wrong codes', `${user.failures} of ${limit}`],
    ['Local password', user.hasPassword ? 'yes' : 'no'],
    ['Phone', user.phone ?? '-'],
    ['E-mail', user.email ?? '-'],
    ['Added', formatTime(user.created)],
    ['Last login', formatTime(user.lastLogin)],
    ['Tokens', user.tokens.length === 0 ? 'none' : String(user.tokens.length)],
  ];
  const tokens = user.tokens.map((token) => [token.name, token.type, token.state, formatTime(token.lastUsed)]);
  return [
    ...facts.map(([label = '', value]) => `${label.padEnd(15)} ${value}`),
    ...(tokens.length === 0
      ? []
      : ['', ...table(['token', 'type', 'state', 'last used'], tokens, { width: outputWidth(), cut: [0] })]),
  ];
}
