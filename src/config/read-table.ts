import type * as z from 'zod';
import type { Context } from './context.ts';
import type { Path } from './locate.ts';
import { readSecret, secretKeys } from './read-secret.ts';
import type { Row, Rows, Section } from './row.ts';
import { schema, titleOf } from './schema.ts';
import { closest } from './suggest.ts';

/** A table as smol-toml gives it. */
export type Table = Readonly<Record<string, unknown>>;

/** Reads one section, or one of several, by its rows. What can't be read is told to `context` and missing from what is returned. */
export function readTable(section: string, table: Table, path: Path, context: Context): Record<string, unknown> {
  const spec: Section = schema[section as keyof typeof schema];
  const type = table['type'];
  const variant = typeof type === 'string' && spec.variants && Object.hasOwn(spec.variants, type) ? type : undefined;
  // Without a type that is known, every variant's options may be right, and none is missing.
  const extra = Object.entries(spec.variants ?? {}).filter(([name]) => variant === undefined || name === variant);
  // Of a key that several have, the one counts that was probably meant.
  const meant = typeof type === 'string' ? closest(type, Object.keys(spec.variants ?? {})) : undefined;
  const ordered = [...extra.filter(([name]) => name === meant), ...extra];
  const rows: Rows = Object.assign({}, spec.rows, ...ordered.toReversed().map(([, more]) => more)) as Rows;

  const known = Object.entries(rows).flatMap(keysOf);
  for (const key of Object.keys(table))
    if (!known.includes(key))
      context.error(
        [...path, key],
        `unknown key ${JSON.stringify(key)} in ${titleOf(section)}; ${hintFor(key, spec, rows)}`,
      );

  const values: Record<string, unknown> = {};
  for (const [key, row] of Object.entries(rows)) {
    const value = readOption({ section, table, path, key, row }, context);
    if (value !== undefined) values[key] = value;
    else if (row.required && !keysOf([key, row]).some((name) => Object.hasOwn(table, name)))
      if (variant !== undefined || Object.hasOwn(spec.rows, key))
        context.error([...path, key], `${titleOf(section, table['name'])} lacks ${wanted(key, row)}`);
  }
  return values;
}

interface Option {
  readonly section: string;
  readonly table: Table;
  readonly path: Path;
  readonly key: string;
  readonly row: Row;
}

function readOption({ section, table, path, key, row }: Option, context: Context): unknown {
  const title = titleOf(section, table['name']);
  if (row.type.secret) return readSecret({ table, path, key, title, type: row.type }, context);
  const given = Object.hasOwn(table, key) ? table[key] : row.default;
  if (given === undefined) return undefined;
  const read = row.type.schema.safeParse(given);
  if (read.success) return row.type.resolve ? row.type.resolve(read.data, context.dir) : read.data;
  for (const { path: within, message } of firstOfEach(read.error.issues)) {
    const [item] = within;
    const subject = typeof item === 'number' && Array.isArray(given) ? `item ${item + 1} of "${key}"` : `"${key}"`;
    context.error(
      [...path, key, ...(typeof item === 'number' ? [item] : [])],
      `${subject} in ${titleOf(section)} ${message}`,
    );
  }
  return undefined;
}

/** A number that is neither whole nor in range is one mistake, not two. */
function firstOfEach(issues: readonly z.core.$ZodIssue[]): z.core.$ZodIssue[] {
  return issues.filter(({ path }, i) => issues.findIndex((other) => String(other.path) === String(path)) === i);
}

function keysOf([key, row]: readonly [string, Row]): readonly string[] {
  return row.type.secret ? secretKeys(key) : [key];
}

function wanted(key: string, row: Row): string {
  if (row.type.secret)
    return `"${key}", or one of ${secretKeys(key)
      .slice(1)
      .map((name) => `"${name}"`)
      .join(', ')}`;
  return `"${key}"${row.example === undefined ? '' : `, such as ${key} = ${JSON.stringify(row.example)}`}`;
}

/** What someone who wrote an unknown key may have meant. */
function hintFor(key: string, spec: Section, rows: Rows): string {
  const types = Object.entries(spec.variants ?? {}).filter(([, only]) =>
    Object.entries(only).flatMap(keysOf).includes(key),
  );
  if (types.length > 0) return `it is for type = ${types.map(([type]) => `"${type}"`).join(' or ')} only`;
  const near = closest(key, Object.entries(rows).flatMap(keysOf));
  if (near !== undefined) return `did you mean "${near}"?`;
  const homes = Object.entries<Section>(schema).filter(([, other]) => Object.hasOwn(other.rows, key));
  const [home] = homes;
  if (home && homes.length === 1) return `it belongs in ${titleOf(home[0])}`;
  return `its keys are ${Object.keys(rows).join(', ')}`;
}
