import type { Row } from './sql.ts';

/** Reads a row's columns as what the schema says they are; a mismatch is a programming error and is told as one. */
export function text(row: Row, column: string): string {
  const value = row[column];
  if (typeof value !== 'string') throw new TypeError(`column ${column} is not text`);
  return value;
}

export function textOrNull(row: Row, column: string): string | null {
  return row[column] === null ? null : text(row, column);
}

export function integer(row: Row, column: string): number {
  const value = row[column];
  if (typeof value !== 'number') throw new TypeError(`column ${column} is not an integer`);
  return value;
}

export function integerOrNull(row: Row, column: string): number | null {
  return row[column] === null ? null : integer(row, column);
}

export function octets(row: Row, column: string): Buffer {
  const value = row[column];
  if (!Buffer.isBuffer(value)) throw new TypeError(`column ${column} is not octets`);
  return value;
}

export function octetsOrNull(row: Row, column: string): Buffer | null {
  return row[column] === null ? null : octets(row, column);
}
