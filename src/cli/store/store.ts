import { Command } from 'commander';
import { storeBackupCommand } from './backup.ts';
import { storeExportCommand } from './export.ts';
import { storeImportCommand } from './import.ts';
import { storeRekeyCommand } from './rekey.ts';

/** `radgate store ...` */
export function storeCommand(): Command {
  return new Command('store')
    .description('back up the store, change its key, move it between SQLite and PostgreSQL')
    .addCommand(storeBackupCommand())
    .addCommand(storeRekeyCommand())
    .addCommand(storeExportCommand())
    .addCommand(storeImportCommand());
}
