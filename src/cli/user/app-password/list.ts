import { Command } from 'commander';
import { listAppPasswords } from '../../../store/app-passwords.ts';
import type { CommonOptions } from '../../common-options.ts';
import { formatTime, isoTime } from '../../terminal/format-time.ts';
import { print, printJson } from '../../terminal/print.ts';
import { outputWidth, table } from '../../terminal/table.ts';
import { withStore } from '../../with-store.ts';
import { userName } from '../name.ts';

interface Options extends CommonOptions {
  readonly json?: boolean;
}

/** `radgate user app-password list USER` */
export function appPasswordListCommand(): Command {
  return new Command('list')
    .description("list a user's application passwords by name, without themselves")
    .argument('<user>', 'found as a login finds it')
    .option('--json', 'for programs')
    .action(async (user: string, _options: unknown, command: Command) => list(user, command.optsWithGlobals()));
}

async function list(typed: string, options: Options): Promise<void> {
  const { user, passwords } = await withStore(options, (store) => store.run(listAppPasswords, userName(typed)));
  if (options.json)
    return printJson({
      user,
      passwords: passwords.map(({ name, client, created, lastUsed }) => ({
        name,
        client,
        created: isoTime(created),
        last_used: isoTime(lastUsed),
      })),
    });
  if (passwords.length === 0) return print(`"${user}" has no application passwords.`);
  const rows = passwords.map(({ name, client, created, lastUsed }) => [
    name,
    client,
    formatTime(created),
    formatTime(lastUsed),
  ]);
  print(...table(['name', 'client', 'added', 'last used'], rows, { width: outputWidth(), cut: [0, 1] }));
}
