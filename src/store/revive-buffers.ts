/** Structured cloning turns each Buffer into a plain Uint8Array: this gives them back, in place and without copying the octets. */
export function reviveBuffers(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  const inside = value as Record<string, unknown>;
  for (const key in inside) {
    const one = inside[key];
    if (typeof one === 'object' && one !== null) inside[key] = reviveBuffers(one);
  }
  return value;
}
