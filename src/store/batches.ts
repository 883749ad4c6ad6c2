/** Rows that one statement carries: one round trip to a database on another host for all of them. */
const size = 200;

/** Cuts a list into pieces for statements of many rows: whole ones of one size, so that their statements are prepared once, and a rest. */
export function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
