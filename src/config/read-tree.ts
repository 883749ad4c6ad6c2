import { parse } from 'smol-toml';
import { readSmallFile } from './read-file.ts';
import type { Table } from './read-table.ts';
import type { Rows, Section } from './row.ts';

/** As loadConfig has it. */
const largest = 1024 * 1024;
const deepest = 16;

/** What a config file says, whether it is valid or not. @returns undefined if it can't be read or is no TOML */
export function readTree(file: string): Table | undefined {
  try {
    return parse(readSmallFile(file, largest)?.bytes.toString() ?? '', { maxDepth: deepest });
  } catch {
    return undefined;
  }
}

/** All options of a section, those of each of its variants too. */
export function allRows({ rows, variants = {} }: Section): Rows {
  return Object.assign({}, rows, ...Object.values(variants)) as Rows;
}
