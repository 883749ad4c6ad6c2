/** An attribute as FreeRADIUS's programs read and print it: its dictionary name, and its value without quotes. */
export interface NamedAttribute {
  readonly name: string;
  /** As printed: text unescaped, octets as "0x...". Octets of a text that are not UTF-8 come as U+0080 to U+00FF. */
  readonly value: string;
}

/** A value to write: text, or octets that need not be UTF-8. */
export type Value = string | Buffer;

/** A name and value to write. */
export type AttributePair = readonly [name: string, value: Value];

/** A double-quoted string of FreeRADIUS's files: everything but printable ASCII as three octal digits. */
export function quote(value: Value): string {
  const octets = [...Buffer.from(value)].map((octet) => {
    const plain = octet >= 0x20 && octet < 0x7f && octet !== 0x22 && octet !== 0x5c;
    return plain ? String.fromCharCode(octet) : `\\${octet.toString(8).padStart(3, '0')}`;
  });
  return `"${octets.join('')}"`;
}

const escapes: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', '"': '"', '\\': '\\' };

/** Reads `Name = value` as FreeRADIUS prints it; undefined for any other line. */
export function parseAttribute(line: string): NamedAttribute | undefined {
  const [, name, raw] = /^([A-Za-z0-9][A-Za-z0-9._:-]*) = (.*)$/.exec(line) ?? [];
  if (name === undefined || raw === undefined) return undefined;
  if (!/^".*"$/.test(raw)) return { name, value: raw };
  const value = raw.slice(1, -1).replace(/\\(?:([0-7]{3})|(.))/g, (_, octal?: string, letter?: string) => {
    if (octal !== undefined) return String.fromCharCode(Number.parseInt(octal, 8));
    return escapes[letter ?? ''] ?? letter ?? '';
  });
  return { name, value };
}

/** The values of every attribute called `name`, in order. */
export function valuesOf(attributes: readonly NamedAttribute[], name: string): string[] {
  return attributes.filter((attribute) => attribute.name === name).map((attribute) => attribute.value);
}
