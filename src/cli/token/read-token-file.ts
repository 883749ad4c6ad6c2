import { OperatorError } from '../../errors.ts';
import { importPskc } from '../../import/import-pskc.ts';
import { importTokenCsv } from '../../import/import-token-csv.ts';
import { isProblem, type RowProblem } from '../../import/row-problem.ts';
import type { Place, TokenRow } from '../../import/token-row.ts';
import { randomOctets } from '../../random.ts';
import { RowPacker, unpackRows } from '../../store/packed-rows.ts';
import { Recurring } from '../../store/recurring.ts';
import { lineCount } from '../input/line-count.ts';
import { ProgressBar } from '../terminal/progress-bar.ts';
import { separateSerials, serialOfKey, type FileLine, type Separated } from './separate-serials.ts';

/** A file's format, with the options of whoever reads it. */
export type TokenFormat =
  | { readonly format: 'pskc'; readonly options: Parameters<typeof importPskc>[1] }
  | { readonly format: 'csv'; readonly options: Parameters<typeof importTokenCsv>[1] };

/** A row to be shown: its key is not looked at. */
export type ShownRow = Omit<FileLine, 'key' | 'id'>;

/** The same note on several rows. */
export interface RowNote {
  /** Of the first of them. */
  readonly place: Place;
  readonly message: string;
  readonly count: number;
}

/** What a file of tokens holds. */
export interface TokenFile {
  readonly format: 'pskc' | 'csv';
  /** FileLines, packed. */
  readonly rows: readonly Buffer[];
  readonly count: number;
  /** How many of them name a user. */
  readonly assigned: number;
  /** The first few. */
  readonly first: readonly ShownRow[];
  readonly notes: readonly RowNote[];
  readonly problems: readonly RowProblem[];
}

/** Tokens that one import can hold: packed they are in memory at once, and the store takes no other writes meanwhile. */
const mostTokens = 250_000;
/** Rows that are kept to be shown. */
const shownRows = 10;

/** Reads a file of tokens to its end. @throws OperatorError 'refused' if there are too many */
export async function readTokenFile(source: TokenFormat, file: string): Promise<TokenFile> {
  const { format } = source;
  const packer = new RowPacker();
  const notes = new Map<string, RowNote>();
  const problems: RowProblem[] = [];
  const serials = new Recurring();
  const note = (place: Place, message: string): void => {
    const noted = notes.get(message);
    notes.set(message, noted ? { ...noted, count: noted.count + 1 } : { place, message, count: 1 });
  };
  let assigned = 0;
  const bar = new ProgressBar('Reading', await lineCount(file));
  try {
    for await (const row of format === 'pskc'
      ? importPskc(file, source.options)
      : importTokenCsv(file, source.options)) {
      bar.update(row.place.line);
      if (isProblem(row)) {
        problems.push(row);
        continue;
      }
      const { place, serial, keyId, user } = row;
      if (serial !== null) serials.add(serial);
      if (serial !== null && keyId !== null) serials.add(serialOfKey(serial, keyId));
      for (const message of row.notes) note(place, message);
      if (user !== null) assigned++;
      packer.add(packedRow(row));
      if (packer.count > mostTokens)
        throw new OperatorError('refused', `${file} has more than ${mostTokens} tokens: import it in parts`);
    }
  } finally {
    bar.end();
  }
  const read = { rows: packer.pieces(), count: packer.count, assigned };
  const recurs = serials.found();
  const { renamed, repeated, ...kept }: Separated = recurs
    ? separateSerials(read.rows, recurs)
    : { ...read, renamed: [], repeated: [] };
  for (const line of renamed)
    note({ file, line }, 'The file has another key of this device before: this one goes by its SERIAL#ID.');
  for (const { line, serial, earlier } of repeated)
    problems.push({
      place: { file, line },
      message: `The serial number "${serial}" is that of line ${earlier} already.`,
    });
  const [first = []] = unpackRows<FileLine>(kept.rows, shownRows);
  return { format, ...kept, first, notes: [...notes.values()], problems };
}

function packedRow(row: TokenRow): FileLine {
  const { place, user, key, keyId, serial, manufacturer, model, type, algorithm, digits, validFrom, validUntil } = row;
  const moving =
    type === 'totp' ? { ...unmoved, period: row.period, drift: row.drift } : { ...unmoved, counter: row.counter };
  return {
    ...moving,
    id: randomOctets(16).toString('hex'),
    line: place.line,
    user,
    key: key.toString('base64'),
    keyId,
    serial,
    manufacturer,
    model,
    type,
    algorithm,
    digits,
    validFrom,
    validUntil,
  };
}

const unmoved = { period: 30, drift: 0, counter: 0 } as const;
