import { Command } from 'commander';
import { appPasswordAddCommand } from './add.ts';
import { appPasswordListCommand } from './list.ts';
import { appPasswordRevokeCommand } from './revoke.ts';

/** `radgate user app-password ...` */
export function userAppPasswordCommand(): Command {
  return new Command('app-password')
    .description('make, list and revoke passwords for programs that have no second step')
    .addCommand(appPasswordAddCommand())
    .addCommand(appPasswordListCommand())
    .addCommand(appPasswordRevokeCommand());
}
