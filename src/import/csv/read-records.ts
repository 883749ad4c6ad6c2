import { parse, type Parser } from 'csv-parse';
import { optionNames } from '../option-names.ts';
import { quoted } from '../plain-text.ts';
import { readText } from '../read-text.ts';
import { FileRefused } from '../refusals.ts';
import { detectDelimiter } from './detect-delimiter.ts';

/** The longest record, in octets. */
const longest = 64 * 1024;
/** How Excel is told the delimiter, on a line of its own before all others. */
const delimiterLine = /^sep=(.)\r?\n/i;

/** A line of a CSV file; several, if there are line breaks in its quotes. */
export interface CsvRecord {
  /** The physical line on which it begins, from 1. */
  readonly line: number;
  /** Without the blanks around them, and without the quotes. */
  readonly fields: readonly string[];
}

/**
 * The records of a CSV file (RFC 4180), a piece of the file in memory at a time. Blank ones are left out.
 * @param delimiter detected from the first line if not given
 * @throws FileRefused if it can't be read, or its quotes don't match
 */
export async function* readRecords(file: string, delimiter?: string): AsyncGenerator<CsvRecord, void, undefined> {
  let records: Records | undefined;
  for await (const piece of readText(file)) {
    const told = records ? null : delimiterLine.exec(piece);
    records ??= new Records(delimiter ?? told?.[1] ?? detectDelimiter(piece), told ? 1 : 0);
    yield* records.push(told ? piece.slice(told[0].length) : piece);
  }
  if (records) yield* records.end();
}

/** csv-parse, fed and emptied by hand: as a stream it drops the records before an error. */
class Records {
  readonly #parser: Parser;
  readonly #found: CsvRecord[] = [];
  /** Lines more than csv-parse has counted: those before the first one, less one for each CR LF in quotes, which it takes for two. */
  #offset: number;
  #lastLine: number;

  constructor(delimiter: string, linesBefore: number) {
    if (delimiter.length !== 1 || /["\r\n]/.test(delimiter))
      throw new FileRefused(
        1,
        `The delimiter ${quoted(delimiter)} is not one: give one character with ${optionNames.delimiter}.`,
      );
    this.#offset = linesBefore;
    this.#lastLine = linesBefore;
    this.#parser = parse({
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      trim: true,
      skip_empty_lines: true,
      relax_column_count: true,
      // Excel's ="00123", and inches.
      relax_quotes: true,
      max_record_size: longest,
      on_record: (fields: string[], { lines }) => {
        this.#add(fields, lines);
        return null;
      },
    });
    this.#parser.on('error', () => undefined).resume();
  }

  async *push(text: string): AsyncGenerator<CsvRecord, void, undefined> {
    yield* this.#after((done) => this.#parser.write(text, done));
  }

  async *end(): AsyncGenerator<CsvRecord, void, undefined> {
    yield* this.#after((done) => this.#parser.end(done));
  }

  async *#after(step: (done: (error?: Error | null) => void) => void): AsyncGenerator<CsvRecord, void, undefined> {
    const error = await new Promise<Error | null | undefined>((resolve) => step(resolve));
    yield* this.#found.splice(0);
    if (error) throw new FileRefused(this.#lastLine + 1, this.#reason(error));
  }

  #reason(error: Error): string {
    return 'code' in error && error.code === 'CSV_MAX_RECORD_SIZE'
      ? `This record is over ${longest / 1024} KiB: is a quote missing, or is this no CSV file?`
      : 'The quotes of this record do not match, so that nothing after it can be told apart.';
  }

  #add(fields: readonly string[], lines: number): void {
    const breaks = fields.flatMap((field) => field.match(/\r\n|[\r\n]/g) ?? []);
    this.#offset -= breaks.filter((one) => one === '\r\n').length;
    this.#lastLine = lines + this.#offset;
    if (fields.some((field) => field !== '')) this.#found.push({ line: this.#lastLine - breaks.length, fields });
  }
}
