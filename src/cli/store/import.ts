import { Command } from 'commander';
import { openForImport } from '../../build/open-store.ts';
import { recordChange } from '../../audit/record-change.ts';
import { OperatorError } from '../../errors.ts';
import { ExportError, ExportReader, readHeader, type ExportLine } from '../../store/export-reader.ts';
import { beginImport, clearImport, finishImport, importIsUnfinished, importRows } from '../../store/import.ts';
import type { Row } from '../../store/sql.ts';
import type { Store } from '../../store/store.ts';
import { commandConfig } from '../command-config.ts';
import type { CommonOptions } from '../common-options.ts';
import { fileLines, LineError } from '../input/file-lines.ts';
import { newChange } from '../new-change.ts';
import { print } from '../terminal/print.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { readPassphrase, type PassphraseOptions } from '../input/read-passphrase.ts';
import { withStoreOf } from '../with-store.ts';
import { storePlace } from './place.ts';

type Options = CommonOptions & PassphraseOptions;

/** Rows written, or removed, in one transaction. */
const batch = 500;

/** `radgate store import FILE` */
export function storeImportCommand(): Command {
  return new Command('import')
    .description('read everything that was exported into an empty store; stop the service before')
    .argument('<file>', 'as "radgate store export" wrote it')
    .option('--passphrase-stdin', 'read the passphrase that it was exported with from standard input')
    .action(async (file: string, _options: unknown, command: Command) => importStore(file, command.optsWithGlobals()));
}

async function importStore(file: string, options: Options): Promise<void> {
  const { config } = commandConfig(options);
  await placed(file, async () => readHeader(await firstLine(file)));
  const passphrase = await readPassphrase(options, false);
  // The whole file is looked at before the store is touched.
  const { key, rows } = await placed(file, () => check(file, passphrase));
  const place = storePlace(config.store.url);
  const store = await openForImport(config, () => {});
  try {
    await ready(store, key, place);
    await placed(file, () => writeRows(store, file, passphrase, rows));
    await store.run(finishImport, null);
  } finally {
    await store.close();
  }
  // Opened anew, since the key of digests, by which rows of the audit are linked, is now the other store's.
  await withStoreOf(config, (opened) => opened.run(recordChange, { change: newChange('store import') }));
  print(`Imported ${rows} rows into ${place}. radgate can be started.`);
}

async function firstLine(file: string): Promise<string> {
  for await (const line of fileLines(file)) return line;
  throw new ExportError(1, 'the file is empty');
}

interface Checked {
  /** Of the digests. */
  readonly key: Buffer;
  readonly rows: number;
}

async function check(file: string, passphrase: Buffer): Promise<Checked> {
  let key: Buffer | undefined;
  let rows = 0;
  for await (const line of exportLines(file, passphrase)) {
    if (line.kind === 'digest-key') key = line.key;
    if (line.kind === 'row') rows++;
  }
  if (!key) throw new ExportError(2, 'the export ends here, before its end: it was cut off');
  return { key, rows };
}

/** Empties a store whose import was not finished, and begins anew. */
async function ready(store: Store, digestKey: Buffer, place: string): Promise<void> {
  if (await store.run(importIsUnfinished, null)) while ((await store.run(clearImport, batch)) > 0);
  try {
    await store.run(beginImport, digestKey);
  } catch (error) {
    if (error instanceof OperatorError && error.code === 'exists')
      throw new OperatorError('refused', `${place} is not empty: everything is imported into an empty store only`, {
        cause: error,
      });
    throw error;
  }
}

async function writeRows(store: Store, file: string, passphrase: Buffer, total: number): Promise<void> {
  const bar = new ProgressBar('Importing', total);
  let table = '';
  let rows: Row[] = [];
  let done = 0;
  const write = async (): Promise<void> => {
    if (rows.length > 0) await store.run(importRows, { table, rows });
    done += rows.length;
    bar.update(done);
    rows = [];
  };
  try {
    for await (const line of exportLines(file, passphrase)) {
      if (line.kind !== 'row') continue;
      if (line.table !== table || rows.length >= batch) await write();
      ({ table } = line);
      rows.push(line.row);
    }
    await write();
  } finally {
    bar.end();
  }
}

async function* exportLines(file: string, passphrase: Buffer): AsyncGenerator<ExportLine, void, undefined> {
  let reader: ExportReader | undefined;
  for await (const line of fileLines(file)) {
    if (reader) yield reader.read(line);
    else reader = await ExportReader.start(line, passphrase);
  }
  reader?.finish();
}

/** Says in which line of the file something is wrong. */
async function placed<T>(file: string, use: () => T | Promise<T>): Promise<T> {
  try {
    return await use();
  } catch (error) {
    if (error instanceof ExportError || error instanceof LineError)
      throw new OperatorError('refused', `${file}:${error.line}: ${error.message}`, { cause: error });
    if (error instanceof Error && 'syscall' in error)
      throw new OperatorError('usage', `cannot read ${file}: ${error.message}`, { cause: error });
    throw error;
  }
}
