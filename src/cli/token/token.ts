import { Command } from 'commander';
import { tokenAddCommand } from './add.ts';
import { tokenAssignCommand } from './assign.ts';
import { tokenConfirmCommand } from './confirm.ts';
import { tokenImportCommand } from './import.ts';
import { tokenListCommand } from './list.ts';
import { tokenRemoveCommand } from './remove.ts';
import { tokenResyncCommand } from './resync.ts';
import { tokenSetCommand } from './set.ts';
import { tokenShowCommand } from './show.ts';
import { tokenUnassignCommand } from './unassign.ts';

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
