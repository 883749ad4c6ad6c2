import type { Defaults, Rows } from './row.ts';

/** The defaults of those options that have one, as the Config holds them. */
export function defaultsOf<R extends Rows>(rows: R): Defaults<R> {
  const values = Object.entries(rows).flatMap(([key, row]) =>
    row.default === undefined ? [] : [[key, row.type.schema.parse(row.default)] as const],
  );
  return Object.fromEntries(values) as Defaults<R>;
}
