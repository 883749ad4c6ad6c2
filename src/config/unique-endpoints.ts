import type { Context } from './context.ts';
import type { Endpoint } from './values/endpoint.ts';

/** Tells of items that were there before. @param path of the list in the config @param subject what it is called */
export function uniqueEndpoints(
  subject: string,
  path: readonly (string | number)[],
  endpoints: readonly Endpoint[] | undefined,
  context: Context,
): void {
  const seen = new Set<string>();
  for (const [i, { host, port }] of (endpoints ?? []).entries()) {
    const key = `${host} ${port}`;
    if (seen.has(key)) context.error([...path, i], `item ${i + 1} of ${subject} is there before; each is named once`);
    seen.add(key);
  }
}
