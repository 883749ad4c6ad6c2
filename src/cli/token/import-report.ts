import type { RowProblem } from '../../import/row-problem.ts';
import type { ShownRow, TokenFile } from './read-token-file.ts';
import { outputWidth, table } from '../terminal/table.ts';

/** What an import did or would do, for people. */
export function tokenImportReport(read: TokenFile, problems: readonly RowProblem[], applied: boolean): string[] {
  const { count, assigned, first, notes } = read;
  const rest = count - first.length;
  const label = applied ? 'Imported' : problems.length > 0 ? 'Read' : 'New';
  return [
    ...(first.length === 0 ? [] : rowTable(first)),
    ...(rest > 0 ? [`... and ${rest} more`] : []),
    ...(first.length === 0 ? [] : ['']),
    ...notes.map((note) => `${at(note)}: note: ${note.message}${note.count > 1 ? ` (${note.count} rows)` : ''}`),
    ...problems.map((problem) => `${at(problem)}: ${problem.message}`),
    `${label}: ${count} (for users: ${assigned}, for nobody yet: ${count - assigned}). Problems: ${problems.length}.`,
    ...(applied || problems.length > 0 ? [] : ['Nothing was changed yet: --apply does it.']),
  ];
}

function rowTable(rows: readonly ShownRow[]): string[] {
  const cells = rows.map((row) => [
    String(row.line),
    row.serial ?? '-',
    row.user ?? '-',
    row.type === 'totp' ? `totp ${row.digits} ${row.period} s` : `hotp ${row.digits} from ${row.counter}`,
    row.algorithm,
    [row.manufacturer, row.model].filter((part) => part !== null).join(' ') || '-',
  ]);
  const header = ['line', 'serial', 'user', 'codes', 'hash', 'device'];
  return table(header, cells, { width: outputWidth(), cut: [1, 2, 5] });
}

function at({ place }: { readonly place: { readonly file: string; readonly line: number } }): string {
  return `${place.file}:${place.line}`;
}
