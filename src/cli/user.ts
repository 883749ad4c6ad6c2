import { Command } from 'commander';
import { userAddCommand } from './user-add.ts';
import { userBypassCommand } from './user-bypass.ts';
import { userEnrolCommand } from './user-enrol.ts';
import { userImportCommand } from './user-import.ts';
import { userListCommand } from './user-list.ts';
import { userRecoveryCommand } from './user-recovery.ts';
import { userRemoveCommand } from './user-remove.ts';
import { userResetCommand } from './user-reset.ts';
import { userSetCommand } from './user-set.ts';
import { userShowCommand } from './user-show.ts';
import { userDisableCommand, userEnableCommand } from './user-switch.ts';
import { userUnlockCommand } from './user-unlock.ts';

/** `radgate user ...` */
export function userCommand(): Command {
  return new Command('user')
    .description('add, import, enrol, list, show, change, unlock, reset and remove users')
    .addCommand(userAddCommand())
    .addCommand(userImportCommand())
    .addCommand(userEnrolCommand())
    .addCommand(userListCommand())
    .addCommand(userShowCommand())
    .addCommand(userSetCommand())
    .addCommand(userDisableCommand())
    .addCommand(userEnableCommand())
    .addCommand(userUnlockCommand())
    .addCommand(userBypassCommand())
    .addCommand(userRecoveryCommand())
    .addCommand(userResetCommand())
    .addCommand(userRemoveCommand());
}
