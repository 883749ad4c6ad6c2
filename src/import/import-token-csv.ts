import { readRecords } from './csv/read-records.ts';
import { readTokenRecord, type TokenCsvOptions } from './csv/read-token-record.ts';
import { tokenLayout, type TokenLayout } from './csv/token-columns.ts';
import { rowOrProblem } from './row-or-problem.ts';
import { FileRefused } from './refusals.ts';
import { isProblem, type RowProblem } from './row-problem.ts';
import type { TokenRow } from './token-row.ts';

/**
 * The tokens of a CSV file: with a header, or in the order of Azure MFA (upn, serial number, secret key, time interval, manufacturer, model),
 * or of Azure MFA Server and ActivIdentity (serial number, secret key, time interval).
 * @param file at most 256 MiB, in UTF-8, or UTF-16 with a byte order mark
 * @returns rows and problems in the order of the file; after a problem that concerns the whole file, nothing more
 */
export async function* importTokenCsv(
  file: string,
  options: TokenCsvOptions = {},
): AsyncGenerator<TokenRow | RowProblem, void, undefined> {
  let layout: TokenLayout | undefined;
  let rows = 0;
  try {
    for await (const record of readRecords(file, options.delimiter)) {
      const place = { file, line: record.line };
      if (!layout) {
        layout = tokenLayout(record, options.type ?? 'totp');
        if (layout.header) continue;
      }
      const known = layout;
      const row = rowOrProblem(place, () => readTokenRecord(record.fields, known, options, place));
      yield rows === 0 ? withUnread(row, layout) : row;
      rows++;
    }
    if (rows === 0) throw new FileRefused(1, 'There is no token in the file.');
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    yield { place: { file, line: error.line }, message: error.message };
  }
}

/** The first row, with a note of the columns that were not read in any. */
function withUnread(row: TokenRow | RowProblem, { unread }: TokenLayout): TokenRow | RowProblem {
  if (isProblem(row) || unread.length === 0) return row;
  return { ...row, notes: [...row.notes, `Of all rows, these columns were not read: ${unread.join(', ')}.`] };
}
