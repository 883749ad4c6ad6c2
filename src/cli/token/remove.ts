import { Command } from 'commander';
import { OperatorError } from '../../errors.ts';
import { removeToken } from '../../store/tokens.ts';
import { chosenToken, tokenPhrase, tokenWords } from './chosen-token.ts';
import type { CommonOptions } from '../common-options.ts';
import { confirmRemoval } from '../input/confirm-removal.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

/** `radgate token remove SERIAL|USER [NAME]` */
export function tokenRemoveCommand(): Command {
  return new Command('remove')
    .description('remove a token and its secret')
    .argument(...tokenWords.token)
    .argument(...tokenWords.name)
    .option('-y, --yes', 'do not ask')
    .action(async (word: string, name: string | undefined, _options: unknown, command: Command) =>
      remove(word, name, command.optsWithGlobals()),
    );
}

async function remove(word: string, name: string | undefined, options: Options): Promise<void> {
  await withStore(options, async (store) => {
    const token = await chosenToken(store, word, name);
    const what = tokenPhrase(token);
    await confirmRemoval(what, options.yes);
    if (!(await store.run(removeToken, { id: token.id, change: newChange('token remove') })))
      throw new OperatorError('not-found', `${what} was removed meanwhile`);
    print(`Removed ${what}.`);
  });
}
