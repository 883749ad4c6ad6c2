import type { Context } from './context.ts';
import { readTable, type Table } from './read-table.ts';
import type { Section } from './row.ts';
import { type Draft, schema, titleOf } from './schema.ts';
import { closest } from './suggest.ts';

/** Reads all sections of a parsed file. What can't be read is told to `context` and missing from the draft. */
export function readSections(tree: Table, context: Context): Draft {
  for (const name of Object.keys(tree))
    if (!Object.hasOwn(schema, name)) context.error([name], unknown(name, tree[name]));
  const sections = Object.entries<Section>(schema).map(([name, { many }]) => [
    name,
    many ? readList(name, tree[name], context) : readOne(name, tree[name], context),
  ]);
  // The schema's rows made it: Draft is their type with everything optional.
  return Object.fromEntries(sections) as Draft;
}

function readOne(name: string, value: unknown, context: Context): Record<string, unknown> {
  if (value !== undefined && !isTable(value)) context.error([name], mustBe(name));
  return readTable(name, isTable(value) ? value : {}, [name], context);
}

function readList(name: string, value: unknown, context: Context): Record<string, unknown>[] | undefined {
  if (value === undefined) return [];
  if (Array.isArray(value) && value.every(isTable))
    return value.map((table, i) => readTable(name, table, [name, i], context));
  context.error([name], mustBe(name));
  return undefined;
}

function mustBe(name: string): string {
  return `${name} is a section: write ${titleOf(name)} on a line of its own, and its options below`;
}

function unknown(name: string, value: unknown): string {
  const isSection = isTable(value) || (Array.isArray(value) && value.some(isTable));
  const near = closest(name, Object.keys(schema));
  if (isSection) {
    const hint =
      near === undefined
        ? `there are ${Object.keys(schema)
            .map((key) => titleOf(key))
            .join(', ')}`
        : `did you mean ${titleOf(near)}?`;
    return `unknown section ${JSON.stringify(name)}; ${hint}`;
  }
  const homes = Object.entries<Section>(schema).filter(([, { rows }]) => Object.hasOwn(rows, name));
  const hint = homes.map(([section]) => titleOf(section)).join(' or ') || 'the header of its section';
  return `key ${JSON.stringify(name)} stands before any section; write it below ${hint}`;
}

function isTable(value: unknown): value is Table {
  // A TOML date is an object too, of a class; a table has none.
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === null;
}
