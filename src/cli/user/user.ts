import { Command } from 'commander';
import { userAddCommand } from './add.ts';
import { userAppPasswordCommand } from './app-password/app-password.ts';
import { userBypassCommand } from './bypass.ts';
import { userDevicesCommand } from './devices.ts';
import { userEnrolCommand } from './enrol.ts';
import { userImportCommand } from './import.ts';
import { userListCommand } from './list.ts';
import { userRecoveryCommand } from './recovery.ts';
import { userRemoveCommand } from './remove.ts';
import { userResetCommand } from './reset.ts';
import { userSetCommand } from './set.ts';
import { userShowCommand } from './show.ts';
import { userDisableCommand, userEnableCommand } from './switch.ts';
import { userUnlockCommand } from './unlock.ts';

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
    .addCommand(userAppPasswordCommand())
    .addCommand(userDevicesCommand())
    .addCommand(userResetCommand())
    .addCommand(userRemoveCommand());
}
