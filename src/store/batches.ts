/** Rows that one statement carries: one round trip to a database on another host for all of them. */
export const batchSize = 200;

/**
 * Cuts a list into pieces for statements of many rows: whole ones of one size, and a rest in powers of two, so that there are few different
 * statements to prepare.
 */
export function* batches<T>(items: readonly T[]): Generator<readonly T[]> {
  for (let from = 0; from < items.length;) {
    const left = items.length - from;
    const size = left >= batchSize ? batchSize : 2 ** Math.floor(Math.log2(left));
    yield items.slice(from, from + size);
    from += size;
  }
}
