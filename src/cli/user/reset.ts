import { Command } from 'commander';
import { resetUser } from '../../store/reset-user.ts';
import { showUser } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { confirmRemoval } from '../input/confirm-removal.ts';
import { newChange } from '../new-change.ts';
import { note, print } from '../terminal/print.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

/** `radgate user reset NAME` */
export function userResetCommand(): Command {
  return new Command('reset')
    .description(
      'remove all tokens, phones, recovery codes, bypasses and application passwords of a user; forget wrong codes',
    )
    .argument('<name>', 'found as a login finds it')
    .option('-y, --yes', 'do not ask')
    .action(async (name: string, _options: unknown, command: Command) => reset(name, command.optsWithGlobals()));
}

async function reset(typed: string, options: Options): Promise<void> {
  const user = userName(typed);
  await withStore(options, async (store, config) => {
    const { name, tokens, recoveryCodes } = await store.run(showUser, user);
    const what = `${tokens.length} token(s) and ${recoveryCodes} recovery code(s) of "${name}"`;
    await confirmRemoval(what, options.yes);
    const done = await store.run(resetUser, { user, change: newChange('user reset') });
    print(
      `Reset the user "${name}". Removed: ${done.tokens} token(s), ${done.recoveryCodes} recovery code(s), ${done.bypasses} bypass(es)${done.appPasswords === 0 ? '' : `, ${done.appPasswords} application password(s)`}${done.devices === 0 ? '' : `, ${done.devices} phone(s)`}.`,
      `To register anew: radgate token add ${shellWord(name)}`,
    );
    const lenient = config.client.filter(({ factor }) => factor === 'if-enrolled').map((client) => `"${client.name}"`);
    if (lenient.length > 0)
      note(`Until then the password alone is enough for ${lenient.join(', ')}: factor = "if-enrolled".`);
  });
}
