import { Command } from 'commander';
import { switchUser } from '../../store/switch-user.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

/** `radgate user disable NAME` */
export function userDisableCommand(): Command {
  return switchCommand('disable', 'refuse every login of a user; tokens stay', true);
}

/** `radgate user enable NAME` */
export function userEnableCommand(): Command {
  return switchCommand('enable', 'let a disabled user log in again', false);
}

function switchCommand(verb: 'disable' | 'enable', description: string, disabled: boolean): Command {
  return new Command(verb)
    .description(description)
    .argument('<name>', 'found as a login finds it')
    .action(async (typed: string, _options: unknown, command: Command) => {
      const options: CommonOptions = command.optsWithGlobals();
      const change = { user: userName(typed), disabled, change: newChange(`user ${verb}`) };
      const name = await withStore(options, (store) => store.run(switchUser, change));
      print(`The user "${name}" is ${verb}d${disabled ? ': every login is refused' : ''}.`);
    });
}
