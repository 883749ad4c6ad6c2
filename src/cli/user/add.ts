import { Command } from 'commander';
import { randomOctets } from '../../random.ts';
import { addUser } from '../../store/users.ts';
import type { CommonOptions } from '../common-options.ts';
import { emailAddress, phoneNumber } from './contact.ts';
import { keepOf } from './keep-of.ts';
import { newChange } from '../new-change.ts';
import { newPassword, type PasswordOptions } from '../input/new-password.ts';
import { groupNames, plainOption } from '../input/plain-option.ts';
import { print } from '../terminal/print.ts';
import { userName } from './name.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions, PasswordOptions {
  readonly alias?: readonly string[];
  readonly firstName?: string;
  readonly lastName?: string;
  readonly group?: readonly string[];
  readonly phone?: string;
  readonly email?: string;
  readonly distinct?: boolean;
}

/** `radgate user add NAME` */
export function userAddCommand(): Command {
  return new Command('add')
    .description('add a user')
    .argument('<name>', 'as the user types it at the VPN; case and domain need not match')
    .option('--alias <names...>', 'further names of the same person')
    .option('--first-name <name>', 'first name')
    .option('--last-name <name>', 'last name')
    .option('--group <names...>', 'groups that the user is in')
    .option('--phone <number>', 'phone number')
    .option('--email <address>', 'e-mail address')
    .option('--password', 'ask for a password, for a [[primary]] of type "local"')
    .option('--password-stdin', 'read that password from standard input')
    .option('--distinct', 'not the person of a similar name that is there already')
    .action(async (name: string, _options: unknown, command: Command) => add(name, command.optsWithGlobals()));
}

async function add(name: string, options: Options): Promise<void> {
  const { alias = [], group = [], distinct = false } = options;
  const facts = {
    names: [name, ...alias].map(userName),
    firstName: plainOption(options.firstName ?? '', 'first name'),
    lastName: plainOption(options.lastName ?? '', 'last name'),
    groups: groupNames(group),
    phone: phoneNumber(options.phone ?? ''),
    email: emailAddress(options.email ?? ''),
  };
  const user = { ...facts, id: randomOctets(16).toString('hex'), name: name.normalize('NFC').trim() };
  const change = newChange('user add');
  await withStore(options, async (store, config) => {
    const password = await newPassword(options, keepOf(config));
    const { hash = null, kept = null } = password ?? {};
    await store.run(addUser, { ...user, password: hash, kept, distinct, now: change.at, change });
  });
  print(`Added the user "${user.name}".`);
}
