/** A value within parsed JSON: keys and indexes between dots, as `messages.0.status`. Undefined if there is none, or it is no plain value. */
export function valueAt(json: unknown, path: string): string | undefined {
  let value = json;
  for (const key of path.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, key)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[key];
  }
  return ['string', 'number', 'boolean'].includes(typeof value) ? String(value) : undefined;
}

/** A body as JSON. @returns undefined if it is none */
export function parsed(body: string): unknown {
  try {
    return JSON.parse(body) as unknown;
  } catch {
    return undefined;
  }
}
