import { Command } from 'commander';
import { tokenAddCommand } from './token-add.ts';
import { tokenConfirmCommand } from './token-confirm.ts';
import { tokenListCommand } from './token-list.ts';
import { tokenRemoveCommand } from './token-remove.ts';

/** `radgate token ...` */
export function tokenCommand(): Command {
  return new Command('token')
    .description('add, confirm, list and remove what users get their codes from')
    .addCommand(tokenAddCommand())
    .addCommand(tokenConfirmCommand())
    .addCommand(tokenListCommand())
    .addCommand(tokenRemoveCommand());
}
