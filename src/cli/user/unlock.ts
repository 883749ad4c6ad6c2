import { Command } from 'commander';
import { lockoutRules } from '../../build/rules.ts';
import { lockState } from '../../policy/lockout.ts';
import { unlockUser } from '../../store/unlock-user.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

/** `radgate user unlock NAME` */
export function userUnlockCommand(): Command {
  return new Command('unlock')
    .description("forget a user's wrong codes, so that new ones are looked at")
    .argument('<name>', 'found as a login finds it')
    .action(async (name: string, _options: unknown, command: Command) => unlock(name, command.optsWithGlobals()));
}

async function unlock(typed: string, options: CommonOptions): Promise<void> {
  const user = userName(typed);
  await withStore(options, async (store, config) => {
    const change = newChange('user unlock');
    const { name, failures, pausedUntil } = await store.run(unlockUser, { user, change });
    const rules = lockoutRules(config);
    const state = lockState({ failures, pausedUntil }, rules, change.at);
    if (state === 'locked') print(`Unlocked the user "${name}": there were ${failures} wrong codes.`);
    else if (state === 'paused')
      print(`The user "${name}" need not wait any longer: there were ${failures} wrong codes.`);
    else
      print(`The user "${name}" was not locked (wrong codes: ${failures} of ${rules.failures}); the count is 0 now.`);
  });
}
