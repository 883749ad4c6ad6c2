import type { Entry } from 'ldapts';

/** All values of an attribute as text, without those that are none; the name of an attribute is the same in any case (RFC 4512 §2.5). */
export function textsOf(entry: Entry, attribute: string): string[] {
  return valuesOf(entry, attribute).filter((value) => typeof value === 'string');
}

/** The first value as text; undefined if there is none. */
export function textOf(entry: Entry, attribute: string): string | undefined {
  return textsOf(entry, attribute).find((text) => text !== '');
}

/** All values as octets. */
export function octetsOf(entry: Entry, attribute: string): Buffer[] {
  return valuesOf(entry, attribute).map((value) => Buffer.from(value));
}

function valuesOf(entry: Entry, attribute: string): (string | Buffer)[] {
  const wanted = attribute.toLowerCase();
  const [, value] = Object.entries(entry).find(([name]) => name !== 'dn' && name.toLowerCase() === wanted) ?? [];
  return value === undefined ? [] : [value].flat();
}
