import { Command } from 'commander';
import { OperatorError } from '../../errors.ts';
import { removeUser, showUser } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { confirmRemoval } from '../input/confirm-removal.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

/** `radgate user remove NAME` */
export function userRemoveCommand(): Command {
  return new Command('remove')
    .description('remove a user with all tokens; the audit trail stays')
    .argument('<name>', 'found as a login finds it')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, _options: unknown, command: Command) => remove(name, command.optsWithGlobals()));
}

async function remove(typed: string, options: Options): Promise<void> {
  const folded = userName(typed);
  await withStore(options, async (store) => {
    const { id, name, tokens } = await store.run(showUser, folded);
    const what = `the user "${name}"${tokens.length === 0 ? '' : ` and ${tokens.length} token(s)`}`;
    await confirmRemoval(what, options.yes);
    if (!(await store.run(removeUser, { id, name, change: newChange('user remove') })))
      throw new OperatorError('not-found', `"${name}" was removed meanwhile`);
    print(`Removed ${what}.`);
  });
}
