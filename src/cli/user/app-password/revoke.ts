import { Command, Option } from 'commander';
import { OperatorError } from '../../../errors.ts';
import { revokeAppPasswords } from '../../../store/app-passwords.ts';
import type { CommonOptions } from '../../common-options.ts';
import { plainOption } from '../../input/plain-option.ts';
import { newChange } from '../../new-change.ts';
import { print } from '../../terminal/print.ts';
import { withStore } from '../../with-store.ts';
import { userName } from '../name.ts';

interface Options extends CommonOptions {
  readonly all?: boolean;
}

/** `radgate user app-password revoke USER [NAME]` */
export function appPasswordRevokeCommand(): Command {
  return new Command('revoke')
    .description('revoke one application password of a user, or all; it works at once')
    .argument('<user>', 'found as a login finds it')
    .argument('[name]', 'which one')
    .addOption(new Option('--all', 'all of them'))
    .action(async (user: string, name: string | undefined, _options: unknown, command: Command) =>
      revoke(user, name, command.optsWithGlobals()),
    );
}

async function revoke(typed: string, named: string | undefined, options: Options): Promise<void> {
  const user = userName(typed);
  const name = named === undefined ? null : plainOption(named, 'name');
  if ((name === null) !== (options.all === true)) throw new OperatorError('usage', 'give a name, or --all');
  const change = newChange('user app-password revoke');
  const done = await withStore(options, (store) => store.run(revokeAppPasswords, { user, name, change }));
  print(
    name === null
      ? `Revoked ${done.revoked} application password(s) of "${done.user}".`
      : `Revoked the application password "${name}" of "${done.user}".`,
  );
}
