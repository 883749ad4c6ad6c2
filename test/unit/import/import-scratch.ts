import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { importPskc } from '../../../src/import/import-pskc.ts';
import { importTokenCsv } from '../../../src/import/import-token-csv.ts';
import { importUserCsv } from '../../../src/import/import-user-csv.ts';
import type { TokenCsvOptions } from '../../../src/import/csv/read-token-record.ts';
import type { PskcOptions } from '../../../src/import/pskc/pskc-options.ts';
import { isProblem, type RowProblem } from '../../../src/import/row-problem.ts';
import type { TokenRow } from '../../../src/import/token-row.ts';
import type { UserRow } from '../../../src/import/user-row.ts';

/** What an importer gave, sorted. */
export interface Imported<Row> {
  readonly rows: readonly Row[];
  /** As `line: message`. */
  readonly problems: readonly string[];
}

/** A directory of its own for files to import. */
export class ImportScratch {
  readonly dir = mkdtempSync(join(tmpdir(), 'radgate-import-'));

  write(name: string, content: string | Uint8Array): string {
    const file = join(this.dir, name);
    writeFileSync(file, content);
    return file;
  }

  pskc(content: string | Uint8Array, options: PskcOptions = {}): Promise<Imported<TokenRow>> {
    return sorted(importPskc(this.write('tokens.xml', content), options));
  }

  tokens(content: string | Uint8Array, options: TokenCsvOptions = {}): Promise<Imported<TokenRow>> {
    return sorted(importTokenCsv(this.write('tokens.csv', content), options));
  }

  users(content: string | Uint8Array): Promise<Imported<UserRow>> {
    return sorted(importUserCsv(this.write('users.csv', content)));
  }

  remove(): void {
    rmSync(this.dir, { recursive: true });
  }
}

export async function sorted<Row extends object>(given: AsyncIterable<Row | RowProblem>): Promise<Imported<Row>> {
  const rows: Row[] = [];
  const problems: string[] = [];
  for await (const one of given)
    if (isProblem(one)) problems.push(`${one.place.line}: ${one.message}`);
    else rows.push(one);
  return { rows, problems };
}

/** A file of test/vectors. */
export function vector(name: string): string {
  return readFileSync(vectorFile(name), 'utf8');
}

export function vectorFile(name: string): string {
  return fileURLToPath(new URL(`../../../../test/vectors/${name}`, import.meta.url));
}
