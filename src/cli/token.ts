import { Command } from 'commander';
import { tokenAddCommand } from './token-add.ts';
import { tokenAssignCommand } from './token-assign.ts';
import { tokenConfirmCommand } from './token-confirm.ts';
import { tokenImportCommand } from './token-import.ts';
import { tokenListCommand } from './token-list.ts';
import { tokenRemoveCommand } from './token-remove.ts';
import { tokenResyncCommand } from './token-resync.ts';
import { tokenSetCommand } from './token-set.ts';
import { tokenShowCommand } from './token-show.ts';
import { tokenUnassignCommand } from './token-unassign.ts';

/** `radgate token ...` */
export function tokenCommand(): Command {
  return new Command('token')
    .description('add, import, assign, show and change what users get codes from')
    .addCommand(tokenAddCommand())
    .addCommand(tokenConfirmCommand())
    .addCommand(tokenImportCommand())
    .addCommand(tokenAssignCommand())
    .addCommand(tokenUnassignCommand())
    .addCommand(tokenListCommand())
    .addCommand(tokenShowCommand())
    .addCommand(tokenSetCommand())
    .addCommand(tokenResyncCommand())
    .addCommand(tokenRemoveCommand());
}
