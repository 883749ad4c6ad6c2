import { Command } from 'commander';
import { OperatorError } from '../errors.ts';
import { removeToken, type TokenSummary } from '../store/tokens.ts';
import { showUser, type UserSummary } from '../store/users.ts';
import type { CommonOptions } from './common-options.ts';
import { confirmRemoval } from './confirm-removal.ts';
import { print } from './print.ts';
import { userName } from './user-name.ts';
import { withStore } from './with-store.ts';

interface Options extends CommonOptions {
  readonly yes?: boolean;
}

/** `radgate token remove USER [NAME]` */
export function tokenRemoveCommand(): Command {
  return new Command('remove')
    .description('take a token away from a user')
    .argument('<user>', 'found as a login finds it')
    .argument('[name]', 'which token; not needed if there is only one')
    .option('-y, --yes', 'do not ask')
    .action(async (user: string, name: string | undefined, _options: unknown, command: Command) =>
      remove(user, name, command.optsWithGlobals()),
    );
}

async function remove(typed: string, name: string | undefined, options: Options): Promise<void> {
  const folded = userName(typed);
  await withStore(options, async (store) => {
    const user = await store.run(showUser, folded);
    const token = chosen(user, name);
    const what = `the token "${token.name}" of "${user.name}"`;
    await confirmRemoval(what, options.yes);
    if (!(await store.run(removeToken, token.id)))
      throw new OperatorError('not-found', `${what} was removed meanwhile`);
    print(`Removed ${what}.`);
  });
}

function chosen({ name: user, tokens }: UserSummary, name: string | undefined): TokenSummary {
  const [first, second] = tokens;
  if (!first) throw new OperatorError('not-found', `"${user}" has no tokens`);
  const names = tokens.map((token) => `"${token.name}"`).join(', ');
  if (name === undefined) {
    if (second) throw new OperatorError('usage', `"${user}" has several tokens; say which: ${names}`);
    return first;
  }
  const found = tokens.find((token) => token.name === name.normalize('NFC').trim());
  if (!found) throw new OperatorError('not-found', `"${user}" has no token of that name, only ${names}`);
  return found;
}
