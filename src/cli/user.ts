import { Command } from 'commander';
import { userAddCommand } from './user-add.ts';
import { userListCommand } from './user-list.ts';
import { userRemoveCommand } from './user-remove.ts';
import { userSetCommand } from './user-set.ts';
import { userShowCommand } from './user-show.ts';
import { userUnlockCommand } from './user-unlock.ts';

/** `radgate user ...` */
export function userCommand(): Command {
  return new Command('user')
    .description('add, list, show, change, unlock and remove users')
    .addCommand(userAddCommand())
    .addCommand(userListCommand())
    .addCommand(userShowCommand())
    .addCommand(userSetCommand())
    .addCommand(userUnlockCommand())
    .addCommand(userRemoveCommand());
}
