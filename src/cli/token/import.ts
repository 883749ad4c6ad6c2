import { Command, Option } from 'commander';
import { OperatorError } from '../../errors.ts';
import { algorithms, type Algorithm } from '../../factor/oath.ts';
import type { RowProblem } from '../../import/row-problem.ts';
import { checkTokenRows, importTokenRows } from '../../store/import-tokens.ts';
import { withAsker } from '../terminal/with-asker.ts';
import type { CommonOptions } from '../common-options.ts';
import { isPskc } from './is-pskc.ts';
import { keepHeapSmall } from '../keep-heap-small.ts';
import { newChange } from '../new-change.ts';
import { wholeNumber } from '../terminal/paging.ts';
import { printAll, printJson } from '../terminal/print.ts';
import { readPskcKey } from './read-pskc-key.ts';
import { readSecretFile } from '../input/read-secret-file.ts';
import { readTokenFile, type TokenFile } from './read-token-file.ts';
import { tokenImportReport } from './import-report.ts';
import { withStore } from '../with-store.ts';

interface Options extends CommonOptions {
  readonly format?: 'pskc' | 'csv';
  readonly apply?: boolean;
  readonly keyFile?: string;
  readonly passwordFile?: string;
  readonly passwordStdin?: boolean;
  readonly secretFormat?: 'base32' | 'hex';
  readonly delimiter?: string;
  readonly type?: 'totp' | 'hotp';
  readonly digits?: '6' | '7' | '8';
  readonly period?: number;
  readonly algorithm?: Algorithm;
  readonly json?: boolean;
}

/** `radgate token import FILE` */
export function tokenImportCommand(): Command {
  return new Command('import')
    .description('import tokens, all or none; without --apply only say what would happen')
    .argument('<file>', 'PSKC (RFC 6030), or CSV with a header or in the order of Azure MFA')
    .option('--apply', 'do it')
    .addOption(new Option('--format <format>', 'default: what it looks like').choices(['pskc', 'csv']))
    .option('--key-file <file>', 'PSKC: pre-shared key, as octets or in hexadecimal')
    .option('--password-file <file>', 'PSKC: a file with the password')
    .addOption(
      new Option('--password-stdin', 'PSKC: ask for the password, or read it from standard input').conflicts(
        'passwordFile',
      ),
    )
    .addOption(
      new Option('--secret-format <format>', 'CSV: of the secrets, if no header says (default: base32)').choices([
        'base32',
        'hex',
      ]),
    )
    .addOption(new Option('--hex', 'CSV: short for --secret-format hex').implies({ secretFormat: 'hex' }))
    .addOption(new Option('--base32', 'CSV: short for --secret-format base32').implies({ secretFormat: 'base32' }))
    .option('--delimiter <character>', 'CSV: between fields (default: what it looks like)', delimiter)
    .addOption(new Option('--type <type>', 'CSV: of rows that do not say (default: totp)').choices(['totp', 'hotp']))
    .addOption(new Option('--digits <number>', 'CSV: of rows that do not say (default: 6)').choices(['6', '7', '8']))
    .option('--period <seconds>', 'CSV: of rows that do not say (default: 30)', wholeNumber(10, 300))
    .addOption(
      new Option('--algorithm <hash>', 'CSV: of rows that do not say (default: sha1)').choices([...algorithms]),
    )
    .option('--json', 'for programs')
    .action(async (file: string, _options: unknown, command: Command) => importTokens(file, command.optsWithGlobals()));
}

async function importTokens(file: string, options: Options): Promise<void> {
  keepHeapSmall();
  await withStore(options, async (store) => {
    const read = await readTokenFile(await rowsOf(file, options), file);
    // Looked at first even if it is to be done, since this tells every problem and the import itself only the first.
    const found = await store.run(checkTokenRows, read.rows);
    const problems = [...read.problems, ...found.map(({ line, message }) => ({ place: { file, line }, message }))];
    problems.sort((one, other) => one.place.line - other.place.line);
    const applied = options.apply === true && problems.length === 0;
    if (applied) await store.run(importTokenRows, { rows: read.rows, change: newChange('token import') });
    if (options.json) printJson(importJson(read, problems, applied));
    else printAll(tokenImportReport(read, problems, applied));
    if (problems.length > 0)
      throw new OperatorError('refused', 'nothing was imported: one row that is wrong, and none is taken');
  });
}

/** What reads the file, and how. */
async function rowsOf(file: string, options: Options): Promise<Parameters<typeof readTokenFile>[0]> {
  const { secretFormat, type, digits, period, algorithm } = options;
  const format = options.format ?? ((await isPskc(file)) ? 'pskc' : 'csv');
  if (format === 'csv')
    return {
      format,
      options: {
        ...(secretFormat && { secretFormat }),
        ...(options.delimiter !== undefined && { delimiter: options.delimiter }),
        ...(type && { type }),
        ...(digits && { digits: Number(digits) }),
        ...(period !== undefined && { period }),
        ...(algorithm && { algorithm }),
      },
    };
  const password = await passwordOf(options);
  return {
    format,
    options: {
      ...(options.keyFile !== undefined && { presharedKey: readPskcKey(options.keyFile) }),
      ...(password && { password }),
    },
  };
}

async function passwordOf({ passwordFile, passwordStdin }: Options): Promise<Buffer | undefined> {
  if (passwordFile !== undefined) return readSecretFile(passwordFile, '--password-file');
  if (!passwordStdin) return undefined;
  return withAsker((asker) => asker.ask({ prompt: 'Password of the file: ', what: 'the password', echo: false }));
}

/** A tab can't be typed in every shell. */
function delimiter(typed: string): string {
  return typed === String.raw`\t` || typed === 'tab' ? '\t' : typed;
}

function importJson(read: TokenFile, problems: readonly RowProblem[], applied: boolean): object {
  return {
    applied,
    format: read.format,
    tokens: read.count,
    assigned: read.assigned,
    unassigned: read.count - read.assigned,
    notes: read.notes.map(({ place, message, count }) => ({ line: place.line, message, count })),
    problems: problems.map(({ place, message }) => ({ file: place.file, line: place.line, message })),
  };
}
