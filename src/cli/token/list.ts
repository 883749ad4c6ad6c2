import { Command } from 'commander';
import { listTokens } from '../../store/tokens.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatTime } from '../terminal/format-time.ts';
import { moreLine, pagingOptions, type PagingOptions } from '../terminal/paging.ts';
import { print, printJson } from '../terminal/print.ts';
import { outputWidth, table } from '../terminal/table.ts';
import { tokenJson } from './json.ts';
import { tokenState } from './state.ts';
import { userName } from '../user/name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, PagingOptions {
  readonly unassigned?: boolean;
  readonly json?: boolean;
}

/** `radgate token list [USER]` */
export function tokenListCommand(): Command {
  const [limit, offset] = pagingOptions();
  return new Command('list')
    .description('list tokens by user, a page at a time')
    .argument('[user]', 'only those of this user, found as a login finds it')
    .option('--unassigned', "only those that are nobody's yet")
    .addOption(limit)
    .addOption(offset)
    .option('--json', 'for programs')
    .action(async (user: string | undefined, _options: unknown, command: Command) =>
      list(user, command.optsWithGlobals()),
    );
}

async function list(typed: string | undefined, options: Options): Promise<void> {
  const { unassigned = false, limit, offset, json } = options;
  const user = typed === undefined ? null : userName(typed);
  const { tokens, total } = await withStore(options, (store) =>
    store.run(listTokens, { user, unassigned, limit, offset }),
  );
  if (json) return printJson({ total, tokens: tokens.map(tokenJson) });
  if (tokens.length === 0) return print(none(total, unassigned));
  const now = Date.now();
  const rows = tokens.map((token) => [
    token.user ?? '-',
    token.name,
    token.serial ?? '-',
    token.type,
    tokenState(token, now),
    formatTime(token.lastUsed),
  ]);
  const header = ['user', 'name', 'serial', 'type', 'state', 'last used'];
  print(
    ...table(header, rows, { width: outputWidth(), cut: [0, 1, 2] }),
    ...moreLine(tokens.length, total, options, 'tokens'),
  );
}

function none(total: number, filtered: boolean): string {
  if (total > 0) return `No more tokens: there are ${total}.`;
  return filtered ? 'No such tokens.' : 'No tokens. Add one with "radgate token add USER".';
}
