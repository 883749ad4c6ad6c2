/** Freezes a tree of objects and arrays all the way down. It must have no cycle, and no Buffer outside a Secret: octets can't be frozen. */
export function deepFreeze<T>(value: T): T {
  if (typeof value !== 'object' || value === null) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}
