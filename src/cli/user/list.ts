import { Command } from 'commander';
import { lockoutRules } from '../../build/rules.ts';
import { listUsers } from '../../store/list-users.ts';
import type { UserSummary } from '../../store/user-summary.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatTime } from '../terminal/format-time.ts';
import { moreLine, pagingOptions, type PagingOptions } from '../terminal/paging.ts';
import { groupNames } from '../input/plain-option.ts';
import { print, printJson } from '../terminal/print.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { userJson } from './json.ts';
import { userName } from './name.ts';
import { userState } from './state.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, PagingOptions {
  readonly group?: string;
  readonly locked?: boolean;
  readonly disabled?: boolean;
  readonly withoutToken?: boolean;
  readonly json?: boolean;
}

/** `radgate user list [FILTER]` */
export function userListCommand(): Command {
  const [limit, offset] = pagingOptions();
  return new Command('list')
    .description('list users by name, a page at a time')
    .argument('[filter]', 'only those whose name, or another name, contains this')
    .option('--group <name>', 'only those in this group')
    .option('--locked', 'only those whom wrong codes have locked')
    .option('--disabled', 'only those who are disabled')
    .option('--without-token', 'only those who have no token, or only disabled ones')
    .addOption(limit)
    .addOption(offset)
    .option('--json', 'for programs')
    .action(async (filter: string | undefined, _options: unknown, command: Command) =>
      list(filter, command.optsWithGlobals()),
    );
}

async function list(typed: string | undefined, options: Options): Promise<void> {
  const { group, locked = false, disabled = false, withoutToken = false, limit, offset } = options;
  const text = typed === undefined ? null : userName(typed).folded;
  const [groupName = null] = groupNames(group === undefined ? [] : [group]);
  await withStore(options, async (store, config) => {
    const rules = lockoutRules(config);
    const now = Date.now();
    const filter = { text, group: groupName, failures: locked ? rules.failures : null, disabled, withoutToken };
    const { total, users } = await store.run(listUsers, { ...filter, limit, offset });
    if (options.json) return printJson({ total, users: users.map((user) => userJson(user, rules, now)) });
    if (users.length === 0) return print(nobody(total, Object.values(filter).some(Boolean)));
    const rows = users.map((user) => [
      user.name,
      userState(user, rules, now),
      user.hasPassword ? 'local' : '-',
      tokensOf(user),
      formatTime(user.lastLogin),
    ]);
    const header = ['name', 'state', 'password', 'tokens', 'last login'];
    print(
      ...table(header, rows, { width: outputWidth(), cut: [0] }),
      ...moreLine(users.length, total, options, 'users'),
    );
  });
}

function nobody(total: number, filtered: boolean): string {
  if (total > 0) return `No more users: there are ${total}.`;
  return filtered ? 'No such users.' : 'No users yet. Add one with "radgate user add NAME".';
}

/** Such as "2 active, 1 pending". */
function tokensOf({ tokens }: UserSummary): string {
  const counts = ['active', 'pending', 'disabled'].map((state) => {
    const count = tokens.filter((token) => token.state === state).length;
    return count === 0 ? [] : [`${count} ${state}`];
  });
  return counts.flat().join(', ') || 'none';
}
