import { Command, Option } from 'commander';
import { OperatorError } from '../errors.ts';
import { setUser } from '../store/users.ts';
import type { CommonOptions } from './common-options.ts';
import { emailAddress, phoneNumber } from './contact.ts';
import { newPassword, type PasswordOptions } from './new-password.ts';
import { print } from './print.ts';
import { userName } from './user-name.ts';
import { withStore } from './with-store.ts';

interface Options extends CommonOptions, PasswordOptions {
  readonly phone?: string;
  readonly email?: string;
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly addAlias?: readonly string[];
  readonly removeAlias?: readonly string[];
  readonly distinct?: boolean;
}

/** `radgate user set NAME` */
export function userSetCommand(): Command {
  return new Command('set')
    .description('change a user')
    .argument('<name>', 'found as a login finds it')
    .option('--phone <number>', 'phone number; "" removes it')
    .option('--email <address>', 'e-mail address; "" removes it')
    .option('--password', 'ask for a new password, for a [[primary]] of type "local"')
    .option('--password-stdin', 'read that password from standard input')
    .addOption(new Option('--enable', 'let the user log in again').conflicts('disable'))
    .option('--disable', 'refuse every login of the user')
    .option('--add-alias <names...>', 'further names of the same person')
    .option('--remove-alias <names...>', "names that are the user's no more")
    .option('--distinct', 'not the person of a similar name that is there already')
    .action(async (name: string, _options: unknown, command: Command) => set(name, command.optsWithGlobals()));
}

async function set(name: string, options: Options): Promise<void> {
  const { phone, email, enable, disable, addAlias = [], removeAlias = [], distinct = false } = options;
  const change = {
    user: userName(name),
    phone: phone === undefined ? undefined : phoneNumber(phone),
    email: email === undefined ? undefined : emailAddress(email),
    disabled: enable || disable ? disable === true : undefined,
    addAliases: addAlias.map(userName),
    removeAliases: removeAlias.map(userName),
    distinct,
  };
  const password = await newPassword(options);
  const asked = [change.phone, change.email, change.disabled, password].some((value) => value !== undefined);
  if (!asked && addAlias.length + removeAlias.length === 0)
    throw new OperatorError('usage', 'say what is to be changed, such as --phone or --disable');
  const changed = await withStore(options, (store) => store.run(setUser, { ...change, password }));
  print(`Changed the user "${changed}".`);
}
