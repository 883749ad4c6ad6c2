import { statSync } from 'node:fs';
import { Command } from 'commander';
import { recordChange } from '../../audit/record-change.ts';
import { OperatorError } from '../../errors.ts';
import { randomOctets } from '../../random.ts';
import { ExportWriter } from '../../store/export-writer.ts';
import { exportDigestKey, exportPage } from '../../store/export.ts';
import { lastAudit } from '../../store/last-audit.ts';
import { countUsers } from '../../store/list-users.ts';
import type { SqlValue } from '../../store/sql.ts';
import type { Store } from '../../store/store.ts';
import { tables } from '../../store/tables.ts';
import type { CommonOptions } from '../common-options.ts';
import { formatSize } from '../terminal/format-size.ts';
import { newChange } from '../new-change.ts';
import { NewFile } from '../input/new-file.ts';
import { print } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { readPassphrase, type PassphraseOptions } from '../input/read-passphrase.ts';
import { withExistingStore } from '../with-existing-store.ts';

type Options = CommonOptions & PassphraseOptions;

/** Rows read at once. */
const pageSize = 500;

/** `radgate store export FILE` */
export function storeExportCommand(): Command {
  return new Command('export')
    .description('write everything into a file, for another kind of store; stop the service before')
    .argument('<file>', 'a new file; nothing is overwritten')
    .option('--passphrase-stdin', 'read the passphrase that seals its secrets from standard input')
    .action(async (file: string, _options: unknown, command: Command) => exportStore(file, command.optsWithGlobals()));
}

async function exportStore(file: string, options: Options): Promise<void> {
  await withExistingStore(options, async (store) => {
    const passphrase = await readPassphrase(options, true);
    const written = new NewFile(file);
    let rows: number;
    try {
      await store.run(recordChange, { change: newChange('store export') });
      rows = await writeAll(store, written, await ExportWriter.start(passphrase, randomOctets(16)));
      written.finish();
    } catch (error) {
      written.discard();
      if (error instanceof Error && 'syscall' in error)
        throw new OperatorError('refused', `cannot write ${file}: ${error.message}`, { cause: error });
      throw error;
    }
    print(
      `Exported ${rows} rows to ${file} (${formatSize(statSync(written.path).size)}).`,
      'Secrets in it are sealed under the passphrase; names and telephone numbers are not.',
      'To go on: name the new store in the config, then run: radgate store import FILE',
    );
  });
}

/** @returns how many rows it was */
async function writeAll(store: Store, file: NewFile, writer: ExportWriter): Promise<number> {
  const last = await store.run(lastAudit, null);
  const { users, tokens } = await store.run(countUsers, null);
  // A user has a name at least.
  const bar = new ProgressBar('Exporting', 2 * users + tokens + last);
  let rows = 0;
  try {
    file.write(writer.header + writer.digestKey(await store.run(exportDigestKey, null)));
    for (const table of tables)
      for (let after: SqlValue[] | null = null; ;) {
        const input: { table: string; after: SqlValue[] | null; limit: number } = {
          table: table.name,
          after,
          limit: pageSize,
        };
        const page = await store.run(exportPage, input);
        file.write(page.map((row) => writer.row(table, row)).join(''));
        rows += page.length;
        bar.update(rows);
        const final = page.at(-1);
        if (!final || page.length < pageSize) break;
        after = table.key.map((column) => final[column] ?? null);
      }
    file.write(writer.end());
  } finally {
    bar.end();
  }
  // Its pages are not of one moment.
  if ((await store.run(lastAudit, null)) !== last)
    throw new OperatorError(
      'refused',
      'the store was used meanwhile, so that the export is worth nothing: stop radgate',
    );
  return rows;
}
