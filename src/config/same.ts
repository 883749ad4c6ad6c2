import { Secret } from './secret.ts';

/** Whether two values of a Config say the same, secrets by their octets. What it doesn't know is never the same. */
export function sameValue(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  // Nothing of a Secret shows from outside: two of them would seem equal.
  if (a instanceof Secret || b instanceof Secret)
    return a instanceof Secret && b instanceof Secret && a.bytes.equals(b.bytes);
  if (Buffer.isBuffer(a) || Buffer.isBuffer(b)) return Buffer.isBuffer(a) && Buffer.isBuffer(b) && a.equals(b);
  if (!isPlain(a) || !isPlain(b) || Array.isArray(a) !== Array.isArray(b)) return false;
  const [inA, inB] = [entriesOf(a), entriesOf(b)];
  return inA.size === inB.size && [...inA].every(([key, value]) => inB.has(key) && sameValue(value, inB.get(key)));
}

function isPlain(value: object): boolean {
  return Array.isArray(value) || Object.getPrototypeOf(value) === Object.prototype;
}

/** An option that is undefined is one that is left out. */
function entriesOf(value: object): Map<string, unknown> {
  return new Map(Object.entries(value).filter(([, one]) => one !== undefined));
}
