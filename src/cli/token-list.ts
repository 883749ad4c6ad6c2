import { Command } from 'commander';
import { listTokens } from '../store/tokens.ts';
import type { CommonOptions } from './common-options.ts';
import { formatTime } from './format-time.ts';
import { print, printJson } from './print.ts';
import { outputWidth, table } from './table.ts';
import { tokenJson } from './token-json.ts';
import { userName } from './user-name.ts';
import { withStore } from './with-store.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
}

/** `radgate token list [USER]` */
export function tokenListCommand(): Command {
  return new Command('list')
    .description('list tokens')
    .argument('[user]', 'only those of this user, found as a login finds it')
    .option('--json', 'for programs')
    .action(async (user: string | undefined, _options: unknown, command: Command) =>
      list(user, command.optsWithGlobals()),
    );
}

async function list(user: string | undefined, options: Options): Promise<void> {
  const folded = user === undefined ? null : userName(user);
  const tokens = await withStore(options, (store) => store.run(listTokens, folded));
  if (options.json) return printJson(tokens.map(tokenJson));
  if (tokens.length === 0) return print('No tokens. Add one with "radgate token add USER".');
  const rows = tokens.map((token) => [
    token.user,
    token.name,
    token.type,
    token.state,
    `${token.digits} digits, ${token.period} s, ${token.algorithm}`,
    formatTime(token.lastUsed),
  ]);
  const header = ['user', 'name', 'type', 'state', 'codes', 'last used'];
  print(...table(header, rows, { width: outputWidth(), cut: [0, 1] }));
}
