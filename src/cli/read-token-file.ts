import { OperatorError } from '../errors.ts';
import { importPskc } from '../import/import-pskc.ts';
import { importTokenCsv } from '../import/import-token-csv.ts';
import { isProblem, type RowProblem } from '../import/row-problem.ts';
import type { Place, TokenRow } from '../import/token-row.ts';
import { randomOctets } from '../random.ts';
import { RowPacker } from '../store/packed-rows.ts';
import type { TokenLine } from '../store/place-tokens.ts';
import { lineCount } from './line-count.ts';
import { ProgressBar } from './progress-bar.ts';

/** A file's format, with the options of whoever reads it. */
export type TokenFormat =
  | { readonly format: 'pskc'; readonly options: Parameters<typeof importPskc>[1] }
  | { readonly format: 'csv'; readonly options: Parameters<typeof importTokenCsv>[1] };

/** A row to be shown: its key is not looked at. */
export type ShownRow = Omit<TokenLine, 'key' | 'id'>;

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
  /** TokenLines, packed. */
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
  const first: ShownRow[] = [];
  const notes = new Map<string, RowNote>();
  const problems: RowProblem[] = [];
  const lineOf = new Map<string, number>();
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
      const { place, serial } = row;
      const earlier = serial === null ? undefined : lineOf.get(serial);
      if (earlier !== undefined) {
        problems.push({ place, message: `The serial number "${serial}" is that of line ${earlier} already.` });
        continue;
      }
      if (serial !== null) lineOf.set(serial, place.line);
      for (const message of row.notes) {
        const noted = notes.get(message);
        notes.set(message, noted ? { ...noted, count: noted.count + 1 } : { place, message, count: 1 });
      }
      const packed = packedRow(row);
      packer.add(packed);
      if (first.length < shownRows) first.push(packed);
      if (row.user !== null) assigned++;
      if (packer.count > mostTokens)
        throw new OperatorError('refused', `${file} has more than ${mostTokens} tokens: import it in parts`);
    }
  } finally {
    bar.end();
  }
  const { count } = packer;
  return { format, rows: packer.pieces(), count, assigned, first, notes: [...notes.values()], problems };
}

function packedRow(row: TokenRow): TokenLine {
  const { place, user, key, serial, manufacturer, model, type, algorithm, digits, validFrom, validUntil } = row;
  const moving =
    type === 'totp' ? { ...unmoved, period: row.period, drift: row.drift } : { ...unmoved, counter: row.counter };
  return {
    ...moving,
    id: randomOctets(16).toString('hex'),
    line: place.line,
    user,
    key: key.toString('base64'),
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
