import { readRecords } from './csv/read-records.ts';
import { readUserRecord } from './csv/read-user-record.ts';
import { userLayout, type UserLayout } from './csv/user-columns.ts';
import { FileRefused } from './refusals.ts';
import { rowOrProblem } from './row-or-problem.ts';
import type { RowProblem } from './row-problem.ts';
import type { UserRow } from './user-row.ts';

/**
 * The users of a CSV file, whose first line names its columns: name, aliases, first name, last name, e-mail, phone and groups, of which
 * only the name has to be there.
 * @param file at most 256 MiB, in UTF-8, or UTF-16 with a byte order mark; comma, semicolon or tab between the fields
 * @returns rows and problems in the order of the file; after a problem that concerns the whole file, nothing more
 */
export async function* importUserCsv(file: string): AsyncGenerator<UserRow | RowProblem, void, undefined> {
  let layout: UserLayout | undefined;
  let rows = 0;
  try {
    for await (const record of readRecords(file)) {
      const place = { file, line: record.line };
      if (layout) {
        const known = layout;
        yield rowOrProblem(place, () => readUserRecord(record.fields, known, place));
        rows++;
      } else {
        layout = userLayout(record);
        const { unknown } = layout;
        if (unknown.length > 0)
          yield {
            place,
            message: `These columns are not known: ${unknown.join(', ')}. Take them out, or correct their names in the header.`,
          };
      }
    }
    if (rows === 0) throw new FileRefused(1, 'There is no user in the file.');
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    yield { place: { file, line: error.line }, message: error.message };
  }
}
