import { Command } from 'commander';
import { base32 } from '../../../base32.ts';
import type { Config } from '../../../config/schema.ts';
import { OperatorError } from '../../../errors.ts';
import { appPasswordRandom, formatAppPassword } from '../../../policy/app-password.ts';
import { randomOctets } from '../../../random.ts';
import { addAppPassword } from '../../../store/app-passwords.ts';
import type { CommonOptions } from '../../common-options.ts';
import { plainOption } from '../../input/plain-option.ts';
import { newChange } from '../../new-change.ts';
import { note, print, printJson } from '../../terminal/print.ts';
import { withStore } from '../../with-store.ts';
import { userName } from '../name.ts';

interface Options extends CommonOptions {
  readonly client?: string;
  readonly json?: boolean;
}

/** `radgate user app-password add USER NAME` */
export function appPasswordAddCommand(): Command {
  return new Command('add')
    .description('make a password for one program at one client; it is shown once')
    .argument('<user>', 'found as a login finds it')
    .argument('<name>', 'what it is for, such as "mail on the phone"')
    .option('--client <client>', 'where it is good; not needed if only one takes such passwords')
    .option('--json', 'for programs')
    .action(async (user: string, name: string, _options: unknown, command: Command) =>
      add(user, name, command.optsWithGlobals()),
    );
}

async function add(typed: string, named: string, options: Options): Promise<void> {
  const user = userName(typed);
  const name = plainOption(named, 'name');
  if (name === null) throw new OperatorError('usage', 'the name is empty: say what the password is for');
  await withStore(options, async (store, config) => {
    const client = clientOf(config, options.client);
    const password = formatAppPassword(base32(randomOctets(appPasswordRandom)));
    const id = randomOctets(16).toString('hex');
    const change = newChange('user app-password add');
    const shown = await store.run(addAppPassword, { id, user, name, client, password, change });
    if (options.json) return printJson({ user: shown, name, client, password });
    print(password);
    note(`Good for "${shown}" at "${client}" until it is revoked, without a second factor. It is not shown again.`);
  });
}

/** @throws OperatorError 'usage' that says which clients take application passwords */
function clientOf({ client: clients }: Config, asked: string | undefined): string {
  const names = clients.filter(({ application_passwords }) => application_passwords).map(({ name }) => name);
  const [only, another] = names;
  if (only === undefined)
    throw new OperatorError('usage', 'no [[client]] takes application passwords: set application_passwords = true');
  const there = names.map((name) => `"${name}"`).join(', ');
  if (asked === undefined) {
    if (another === undefined) return only;
    throw new OperatorError('usage', `say for which client with --client: ${there}`);
  }
  if (names.includes(asked)) return asked;
  throw new OperatorError('usage', `"${asked}" takes no application passwords; ${there} ${another ? 'do' : 'does'}`);
}
