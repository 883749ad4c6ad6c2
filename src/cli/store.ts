import { Command } from 'commander';
import { storeBackupCommand } from './store-backup.ts';
import { storeExportCommand } from './store-export.ts';
import { storeImportCommand } from './store-import.ts';
import { storeRekeyCommand } from './store-rekey.ts';

/** `radgate store ...` */
export function storeCommand(): Command {
  return new Command('store')
    .description('back up the store, change its key, move it between SQLite and PostgreSQL')
    .addCommand(storeBackupCommand())
    .addCommand(storeRekeyCommand())
    .addCommand(storeExportCommand())
    .addCommand(storeImportCommand());
}
