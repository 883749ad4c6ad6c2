import { timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import {
  exportFormat,
  exportKeys,
  exportMac,
  exportVersion,
  isSecretText,
  type ExportHeader,
  type ExportKeys,
} from './export-format.ts';
import { digestKeyOwner } from './find-seal.ts';
import { migrations } from './migrations.ts';
import { keyIdOf, openWith, SealError } from './seal.ts';
import type { Row, SqlValue } from './sql.ts';
import { tables } from './tables.ts';

const hexadecimal = z.string().regex(/^([0-9a-f]{2})*$/);
const headerForm = z.strictObject({
  format: z.literal(exportFormat),
  version: z.literal(exportVersion),
  schema: z.int().min(1),
  // What a guess may cost whoever reads the file, too: 1 GiB.
  scrypt: z.strictObject({ ln: z.int().min(14).max(20), r: z.literal(8), p: z.int().min(1).max(4) }),
  salt: hexadecimal.length(32),
});
const newerForm = z.looseObject({ format: z.literal(exportFormat), version: z.int() });
const value = z.union([
  z.string(),
  z.int(),
  z.null(),
  z.strictObject({ hex: hexadecimal }),
  z.strictObject({ sealed: hexadecimal }),
  z.strictObject({ sealed_text: hexadecimal }),
]);
const contentForm = z.union([
  z.strictObject({ table: z.string(), row: z.record(z.string(), value) }),
  z.strictObject({ digest_key: z.strictObject({ sealed: hexadecimal }) }),
  z.strictObject({ rows: z.record(z.string(), z.int()) }),
]);

/** What a line of an export says, its secrets opened. */
export type ExportLine =
  | { readonly kind: 'digest-key'; readonly key: Buffer }
  | { readonly kind: 'row'; readonly table: string; readonly row: Row }
  | { readonly kind: 'end'; readonly rows: number };

/** A line is not what a radgate of this version wrote. */
export class ExportError extends Error {
  /** From 1. */
  readonly line: number;

  constructor(line: number, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = 'ExportError';
    this.line = line;
  }
}

/** @throws ExportError if the first line is no header, or that of a newer radgate */
export function readHeader(line: string): ExportHeader {
  const json = parse(line, 1, 'this is no export of radgate');
  const newer = newerForm.safeParse(json);
  if (newer.success && newer.data.version > exportVersion)
    throw new ExportError(
      1,
      `a newer radgate wrote it, in version ${newer.data.version}; this one reads ${exportVersion}`,
    );
  const header = headerForm.safeParse(json);
  if (!header.success) throw new ExportError(1, 'this is no export of radgate, or its first line is damaged');
  const { schema } = header.data;
  if (schema > migrations.length)
    throw new ExportError(1, `a newer radgate wrote it, from schema ${schema}; this one knows ${migrations.length}`);
  return header.data;
}

/** Reads the lines of an export one by one, and finds each that is not as it was written. */
export class ExportReader {
  readonly #keys: ExportKeys;
  readonly #rows = new Map<string, number>();
  #lines = 1;
  #ended = false;

  private constructor(keys: ExportKeys) {
    this.#keys = keys;
  }

  /** @param line the first @throws ExportError as readHeader */
  static async start(line: string, passphrase: Buffer): Promise<ExportReader> {
    return new ExportReader(await exportKeys(passphrase, readHeader(line), line));
  }

  /** @param line the next one, without its end @throws ExportError if it isn't as it was written, or the passphrase is wrong */
  read(line: string): ExportLine {
    const number = ++this.#lines;
    const damaged = (cause?: unknown): ExportError => new ExportError(number, 'this line is damaged', { cause });
    if (this.#ended) throw new ExportError(number, 'there is more after the end of the export');
    const json = z.looseObject({ mac: z.string() }).safeParse(parse(line, number, 'this line is damaged'));
    if (!json.success) throw damaged();
    const { mac, ...rest } = json.data;
    const right = Buffer.from(exportMac(this.#keys, number, JSON.stringify(rest)));
    const given = Buffer.from(mac);
    if (given.length !== right.length || !timingSafeEqual(given, right)) {
      if (number > 2) throw damaged();
      throw new ExportError(number, 'the passphrase is not the one that it was exported with, or it is damaged here');
    }
    const form = contentForm.safeParse(rest);
    if (!form.success) throw damaged(form.error);
    const content = form.data;
    if ('digest_key' in content !== (number === 2)) throw damaged();
    try {
      if ('digest_key' in content)
        return { kind: 'digest-key', key: this.#open(content.digest_key.sealed, digestKeyOwner) };
      return 'rows' in content ? this.#end(content.rows) : this.#row(content.table, content.row);
    } catch (error) {
      if (error instanceof SealError || error instanceof TypeError) throw damaged(error);
      throw error;
    }
  }

  /** After the last line. @throws ExportError if it was not the last that was written */
  finish(): void {
    if (!this.#ended) throw new ExportError(this.#lines, 'the export ends here, before its end: it was cut off');
  }

  #row(name: string, written: Readonly<Record<string, z.infer<typeof value>>>): ExportLine {
    const table = tables.find((known) => known.name === name);
    if (!table) throw new ExportError(this.#lines, `there is no table "${name}"`);
    const plain = (column: string, found: z.infer<typeof value>): SqlValue => {
      if (found === null || typeof found !== 'object') return found;
      if ('hex' in found) return Buffer.from(found.hex, 'hex');
      const { id } = written;
      if (typeof id !== 'string') throw new TypeError('a sealed value in a row without an id');
      if ('sealed' in found) return this.#open(found.sealed, table.sealed?.get(column)?.(id) ?? '');
      if (!isSecretText(name, column)) throw new TypeError('sealed text where there is none');
      return this.#open(found.sealed_text, `${name}.${column}:${id}`).toString();
    };
    const row = Object.fromEntries(Object.entries(written).map(([column, found]) => [column, plain(column, found)]));
    this.#rows.set(name, (this.#rows.get(name) ?? 0) + 1);
    return { kind: 'row', table: name, row };
  }

  #end(rows: Readonly<Record<string, number>>): ExportLine {
    const same = Object.entries(rows).every(([name, count]) => this.#rows.get(name) === count);
    if (!same || Object.keys(rows).length !== this.#rows.size)
      throw new ExportError(this.#lines, 'there are not as many rows as there were exported');
    this.#ended = true;
    return { kind: 'end', rows: this.#lines - 3 };
  }

  #open(sealed: string, owner: string): Buffer {
    const octets = Buffer.from(sealed, 'hex');
    keyIdOf(octets);
    return openWith(this.#keys.seal, octets, owner);
  }
}

function parse(line: string, number: number, message: string): unknown {
  try {
    return JSON.parse(line);
  } catch (error) {
    throw new ExportError(number, message, { cause: error });
  }
}
