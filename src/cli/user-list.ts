import { Command } from 'commander';
import { listUsers, type UserSummary } from '../store/users.ts';
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

/** `radgate user list [FILTER]` */
export function userListCommand(): Command {
  return new Command('list')
    .description('list users')
    .argument('[filter]', 'only those whose name, or another name, contains this')
    .option('--json', 'for programs')
    .action(async (filter: string | undefined, _options: unknown, command: Command) =>
      list(filter, command.optsWithGlobals()),
    );
}

async function list(filter: string | undefined, options: Options): Promise<void> {
  const folded = filter === undefined ? null : userName(filter).folded;
  await withStore(options, async (store, config) => {
    const limit = config.lockout.failures;
    const users = await store.run(listUsers, folded);
    if (options.json) return printJson(users.map((user) => userJson(user, limit)));
    if (users.length === 0)
      return print(filter === undefined ? 'No users yet. Add one with "radgate user add NAME".' : 'No such users.');
    const rows = users.map((user) => [
      user.name,
      userState(user, limit),
      user.hasPassword ? 'local' : '-',
      tokensOf(user),
      formatTime(user.lastLogin),
    ]);
    const header = ['name', 'state', 'password', 'tokens', 'last login'];
    print(...table(header, rows, { width: outputWidth(), cut: [0] }));
  });
}

/** Such as "2 active, 1 pending". */
function tokensOf({ tokens }: UserSummary): string {
  const counts = ['active', 'pending'].map((state) => {
    const count = tokens.filter((token) => token.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return counts.flat().join(', ') || 'none';
}
