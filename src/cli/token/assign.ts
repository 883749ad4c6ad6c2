import { Command } from 'commander';
import { windows } from '../../build/rules.ts';
import { assignToken } from '../../factor/assign-token.ts';
import { withAsker } from '../terminal/with-asker.ts';
import type { CommonOptions } from '../common-options.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { askCode } from '../input/read-code.ts';
import { shellWord } from '../terminal/shell-word.ts';
import { tokenName } from './name.ts';
import { userName } from '../user/name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly name?: string;
  /** False for `--no-code`. */
  readonly code: boolean;
}

/** `radgate token assign SERIAL USER` */
export function tokenAssignCommand(): Command {
  return new Command('assign')
    .description("give a token that is nobody's to a user, by a code that it shows now")
    .argument('<serial>', 'as printed on the token')
    .argument('<user>', 'found as a login finds it')
    .option('--name <name>', 'what to call it (default: its serial number)')
    .option('--no-code', 'do not ask for a code: the token is pending until its first right one')
    .action(async (serial: string, user: string, _options: unknown, command: Command) =>
      assign(serial.trim(), user, command.optsWithGlobals()),
    );
}

async function assign(serial: string, typed: string, options: Options): Promise<void> {
  const user = userName(typed);
  const name = options.name === undefined ? null : tokenName(options.name);
  const prompt = `Code that the token ${serial} shows: `;
  const code = options.code ? await withAsker((asker) => askCode(asker, prompt, 'the code')) : null;
  await withStore(options, async (store, config) => {
    const change = newChange('token assign');
    const assignment = { serial, user, name, code, windows: windows(config), now: change.at, change };
    const assigned = await store.run(assignToken, assignment);
    print(`The token ${serial} is that of "${assigned.user}" now, as "${assigned.name}".`);
    if (code === null)
      print(
        'It is pending until its first right code, at the next login or with:',
        '',
        `  radgate token confirm ${shellWord(assigned.user)}`,
      );
  });
}
