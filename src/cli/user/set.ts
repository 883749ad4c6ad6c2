import { Command, Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import { ways, type Way } from '../../policy/choice.ts';
import { setUser } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { emailAddress, phoneNumber } from './contact.ts';
import { keepOf } from './keep-of.ts';
import { languageOf } from './language-of.ts';
import { newChange } from '../new-change.ts';
import { asksPassword, newPassword, type PasswordOptions } from '../input/new-password.ts';
import { groupNames, plainOption } from '../input/plain-option.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, PasswordOptions {
  readonly firstName?: string;
  readonly lastName?: string;
  readonly phone?: string;
  readonly email?: string;
  readonly language?: string;
  readonly prefer?: Way | 'none';
  readonly enable?: boolean;
  readonly disable?: boolean;
  readonly addAlias?: readonly string[];
  readonly removeAlias?: readonly string[];
  readonly addGroup?: readonly string[];
  readonly removeGroup?: readonly string[];
  readonly distinct?: boolean;
}

/** `radgate user set NAME` */
export function userSetCommand(): Command {
  return new Command('set')
    .description('change a user')
    .argument('<name>', 'found as a login finds it')
    .option('--first-name <name>', 'first name; "" removes it')
    .option('--last-name <name>', 'last name; "" removes it')
    .option('--phone <number>', 'phone number; "" removes it')
    .option('--email <address>', 'e-mail address; "" removes it')
    .option('--language <language>', 'of messages and prompts, such as fr; "" for the default')
    .addOption(new Option('--prefer <way>', 'how the user is asked for a code first').choices([...ways, 'none']))
    .option('--password', 'ask for a new password, for a [[primary]] of type "local"')
    .option('--password-stdin', 'read that password from standard input')
    .addOption(new Option('--enable', 'let the user log in again').conflicts('disable'))
    .option('--disable', 'refuse every login of the user')
    .option('--add-alias <names...>', 'further names of the same person')
    .option('--remove-alias <names...>', "names that are the user's no more")
    .option('--add-group <names...>', 'groups that the user is to be in')
    .option('--remove-group <names...>', 'groups that the user is in no more')
    .option('--distinct', 'not the person of a similar name that is there already')
    .action(async (name: string, _options: unknown, command: Command) => set(name, command.optsWithGlobals()));
}

async function set(name: string, options: Options): Promise<void> {
  const {
    enable,
    disable,
    addAlias = [],
    removeAlias = [],
    addGroup = [],
    removeGroup = [],
    distinct = false,
  } = options;
  const values = {
    firstName: given(options.firstName, (typed) => plainOption(typed, 'first name')),
    lastName: given(options.lastName, (typed) => plainOption(typed, 'last name')),
    phone: given(options.phone, phoneNumber),
    email: given(options.email, emailAddress),
    language: given(options.language, (typed) => languageOf(typed, options)),
    preferredWay: options.prefer === 'none' ? null : options.prefer,
    disabled: enable || disable ? disable === true : undefined,
  };
  const lists = {
    addAliases: addAlias.map(userName),
    removeAliases: removeAlias.map(userName),
    addGroups: groupNames(addGroup),
    removeGroups: groupNames(removeGroup),
  };
  const user = userName(name);
  const asked = asksPassword(options) || Object.values(values).some((value) => value !== undefined);
  if (!asked && Object.values(lists).every((list) => list.length === 0))
    throw new OperatorError('usage', 'say what is to be changed, such as --phone or --disable');
  const change = { ...values, ...lists, user, distinct, change: newChange('user set') };
  const changed = await withStore(options, async (store, config) => {
    const password = await newPassword(options, keepOf(config));
    return store.run(setUser, { ...change, password: password?.hash, kept: password?.kept ?? null });
  });
  print(`Changed the user "${changed}".`);
}

/** What an option was set to; undefined if it was not given. */
function given<T>(typed: string | undefined, read: (typed: string) => T): T | undefined {
  return typed === undefined ? undefined : read(typed);
}
