import { statSync } from 'node:fs';
import { Command } from 'commander';
import { OperatorError } from '../../errors.ts';
import { backup } from '../../store/backup.ts';
import { StoreError } from '../../store/store.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatSize } from '../terminal/format-size.ts';
import { NewFile } from '../input/new-file.ts';
import { print } from '../terminal/print.ts';
import { withExistingStore } from '../with-existing-store.ts';

/** `radgate store backup FILE` */
export function storeBackupCommand(): Command {
  return new Command('backup')
    .description('copy the SQLite file, consistently, while the service runs; the key file is not in it')
    .argument('<file>', 'a new file; nothing is overwritten')
    .action(async (file: string, _options: unknown, command: Command) => copy(file, command.optsWithGlobals()));
}

async function copy(file: string, options: CommonOptions): Promise<void> {
  await withExistingStore(options, async (store, { store: { url, key_file: keyFile } }) => {
    if (url.driver === 'postgres')
      throw new OperatorError(
        'refused',
        `a PostgreSQL store is copied with PostgreSQL's own tool: pg_dump --format=custom --file=FILE ${url.database}; keep a copy of the key file ${keyFile} too, apart from it`,
      );
    const copied = new NewFile(file);
    try {
      await store.run(backup, copied.path);
      copied.finish();
    } catch (error) {
      copied.discard();
      if (error instanceof StoreError)
        throw new OperatorError('store-unavailable', `cannot copy ${url.path} to ${file}: ${error.message}`, {
          cause: error,
        });
      throw error;
    }
    print(
      `Copied ${url.path} to ${file} (${formatSize(statSync(copied.path).size)}).`,
      `Not in it: the key file ${keyFile}. Keep a copy of that too, apart from this one:`,
      'without it the tokens of the copy cannot be read.',
    );
  });
}
