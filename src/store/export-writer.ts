import {
  exportFormat,
  exportKeys,
  exportMac,
  exportVersion,
  isSecretText,
  scryptNow,
  type ExportContent,
  type ExportHeader,
  type ExportKeys,
  type ExportValue,
} from './export-format.ts';
import { digestKeyOwner } from './find-seal.ts';
import { migrations } from './migrations.ts';
import { text } from './row.ts';
import { closeWith } from './seal.ts';
import type { Row, SqlValue } from './sql.ts';
import type { Table } from './tables.ts';

/** Makes the lines of an export: see export-format.ts. It holds one at a time. */
export class ExportWriter {
  /** The first line. */
  readonly header: string;
  readonly #keys: ExportKeys;
  readonly #rows: Record<string, number> = {};
  #lines = 1;

  private constructor(header: string, keys: ExportKeys) {
    this.header = header;
    this.#keys = keys;
  }

  /** @param salt 16 random octets */
  static async start(passphrase: Buffer, salt: Buffer): Promise<ExportWriter> {
    const header: ExportHeader = {
      format: exportFormat,
      version: exportVersion,
      schema: migrations.length,
      scrypt: scryptNow,
      salt: salt.toString('hex'),
    };
    const line = JSON.stringify(header);
    return new ExportWriter(`${line}\n`, await exportKeys(passphrase, header, line));
  }

  /** The second line. */
  digestKey(key: Buffer): string {
    return this.#line({ digest_key: this.#sealed(key, digestKeyOwner) });
  }

  row({ name, sealed }: Table, row: Row): string {
    const values: Record<string, ExportValue> = {};
    for (const [column, value] of Object.entries(row)) {
      const owner = sealed?.get(column)?.(text(row, 'id'));
      values[column] = this.#value(name, column, value, owner, row);
    }
    this.#rows[name] = (this.#rows[name] ?? 0) + 1;
    return this.#line({ table: name, row: values });
  }

  /** The last line. */
  end(): string {
    return this.#line({ rows: this.#rows });
  }

  #value(table: string, column: string, value: SqlValue, owner: string | undefined, row: Row): ExportValue {
    if (typeof value === 'string' && isSecretText(table, column)) {
      const sealed = closeWith(this.#keys.seal, Buffer.from(value), `${table}.${column}:${text(row, 'id')}`);
      return { sealed_text: sealed.toString('hex') };
    }
    if (!Buffer.isBuffer(value)) return value;
    return owner === undefined ? { hex: value.toString('hex') } : this.#sealed(value, owner);
  }

  #sealed(plain: Buffer, owner: string): { readonly sealed: string } {
    return { sealed: closeWith(this.#keys.seal, plain, owner).toString('hex') };
  }

  #line(content: ExportContent): string {
    const mac = exportMac(this.#keys, ++this.#lines, JSON.stringify(content));
    return `${JSON.stringify({ ...content, mac })}\n`;
  }
}
