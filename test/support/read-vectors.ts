import { readFileSync } from 'node:fs';

const directory = new URL('../../../test/vectors/', import.meta.url);

/** The vectors of one file of test/vectors: name and value, a value's lines joined by blanks. */
export class Vectors {
  readonly #values: ReadonlyMap<string, string>;

  constructor(values: ReadonlyMap<string, string>) {
    this.#values = values;
  }

  /** Names that begin so, without their beginning, with their values. */
  startingWith(prefix: string): [string, string][] {
    return [...this.#values].flatMap(([name, value]) =>
      name.startsWith(prefix) ? [[name.slice(prefix.length), value]] : [],
    );
  }

  text(name: string): string {
    const value = this.#values.get(name);
    if (value === undefined) throw new Error(`no vector "${name}"`);
    return value;
  }

  /** The octets of a value in hexadecimal. */
  octets(name: string): Buffer {
    const digits = this.text(name).replaceAll(' ', '');
    if (!/^([0-9a-f]{2})+$/.test(digits)) throw new Error(`vector "${name}" is not in hexadecimal`);
    return Buffer.from(digits, 'hex');
  }
}

/** Reads a file of test/vectors: "name: value" lines, indented lines that go on, and comments behind "#". */
export function readVectors(file: string): Vectors {
  const values = new Map<string, string>();
  let current: string | undefined;
  for (const line of readFileSync(new URL(file, directory), 'utf8').split('\n')) {
    if (line.startsWith('#') || line === '') continue;
    if (line.startsWith(' ') && current !== undefined) {
      values.set(current, `${values.get(current)} ${line.trim()}`.trim());
      continue;
    }
    const [, name, value] = /^([^:]+):\s*(.*)$/.exec(line) ?? [];
    if (name === undefined || value === undefined || values.has(name)) throw new Error(`${file}: what is "${line}"?`);
    values.set(name, value);
    current = name;
  }
  return new Vectors(values);
}
