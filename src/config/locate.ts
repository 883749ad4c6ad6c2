import { parse } from 'smol-toml';

/** The way to a value in a TOML document: keys, and indexes of arrays from 0. */
export type Path = readonly (string | number)[];

/** The line (from 1) of a value's key, of an array's item or of a section's header; for what isn't there, of the nearest that is around it. */
export type Locate = (path: Path) => number;

/** Finds the lines of all keys and items. @param text TOML that smol-toml has parsed without an error */
export function locate(text: string): Locate {
  const lines = new Scanner(text).scan();
  return (path) => {
    for (let length = path.length; length > 0; length--) {
      const line = lines.get(JSON.stringify(path.slice(0, length)));
      if (line !== undefined) return line;
    }
    return 1;
  };
}

/** Walks over a valid document once. It only tells structure apart; what a key spells is left to smol-toml. */
class Scanner {
  readonly #text: string;
  /** Lines by path; the first one where a table is written in several places. */
  readonly #lines = new Map<string, number>();
  /** How many items each array of tables has so far. */
  readonly #items = new Map<string, number>();
  #at = 0;
  #counted = 0;
  #line = 1;

  constructor(text: string) {
    this.#text = text;
  }

  scan(): ReadonlyMap<string, number> {
    if (this.#text.startsWith('\uFEFF')) this.#at++;
    let table: Path = [];
    for (this.#skipVoid(); this.#at < this.#text.length; this.#skipVoid()) {
      if (this.#text[this.#at] === '[') table = this.#header();
      else this.#pair(table);
    }
    return this.#lines;
  }

  /** `[a.b]` or `[[a.b]]`. @returns the path of the table that it opens */
  #header(): Path {
    const line = this.#currentLine();
    const isItem = this.#text.startsWith('[[', this.#at);
    this.#at += isItem ? 2 : 1;
    const names = this.#names(']');
    this.#at += isItem ? 2 : 1;
    const path: (string | number)[] = [];
    for (const [i, name] of names.entries()) {
      path.push(name);
      this.#note(path, line);
      const list = JSON.stringify(path);
      const opensItem = isItem && i === names.length - 1;
      const items = (this.#items.get(list) ?? 0) + (opensItem ? 1 : 0);
      if (items === 0) continue;
      this.#items.set(list, items);
      path.push(items - 1);
      this.#note(path, line);
    }
    return path;
  }

  /** `a.b = value` */
  #pair(table: Path): void {
    const line = this.#currentLine();
    const path = [...table];
    for (const name of this.#names('=')) {
      path.push(name);
      this.#note(path, line);
    }
    this.#at++;
    this.#skipVoid();
    this.#value(path);
  }

  #value(path: Path): void {
    const first = this.#text[this.#at];
    if (first === '"' || first === "'") this.#skipString();
    else if (first === '[') this.#array(path);
    else if (first === '{') this.#inlineTable(path);
    else this.#skipWhile((char) => !',]}#\r\n'.includes(char));
  }

  #array(path: Path): void {
    this.#at++;
    for (let i = 0; this.#hasMore(']'); i++) {
      const item = [...path, i];
      this.#note(item, this.#currentLine());
      this.#value(item);
    }
  }

  #inlineTable(path: Path): void {
    this.#at++;
    while (this.#hasMore('}')) this.#pair(path);
  }

  /** Goes to the next item of an array or inline table, or beyond its end. */
  #hasMore(end: string): boolean {
    for (this.#skipVoid(); this.#text[this.#at] === ','; this.#skipVoid()) this.#at++;
    if (this.#at < this.#text.length && this.#text[this.#at] !== end) return true;
    this.#at++;
    return false;
  }

  /** The names of a dotted key up to `end`, which is not skipped. */
  #names(end: string): string[] {
    const start = this.#at;
    while (this.#at < this.#text.length && this.#text[this.#at] !== end) {
      if (this.#text[this.#at] === '"' || this.#text[this.#at] === "'") this.#skipString();
      else this.#at++;
    }
    const names: string[] = [];
    let node: unknown = parse(`${this.#text.slice(start, this.#at)}=0`);
    while (typeof node === 'object' && node !== null) {
      const [entry] = Object.entries(node);
      names.push(entry?.[0] ?? '');
      node = entry?.[1];
    }
    return names;
  }

  #skipString(): void {
    const quote = this.#text[this.#at] ?? '';
    const fence = this.#text.startsWith(quote.repeat(3), this.#at) ? quote.repeat(3) : quote;
    this.#at += fence.length;
    while (this.#at < this.#text.length && !this.#text.startsWith(fence, this.#at))
      this.#at += quote === '"' && this.#text[this.#at] === '\\' ? 2 : 1;
    this.#at += fence.length;
    // One or two quotes before the closing three belong to the string.
    for (let extra = 0; fence.length === 3 && extra < 2 && this.#text[this.#at] === quote; extra++) this.#at++;
  }

  /** White space, ends of lines and comments. */
  #skipVoid(): void {
    for (;;) {
      this.#skipWhile((char) => ' \t\r\n'.includes(char));
      if (this.#text[this.#at] !== '#') return;
      this.#skipWhile((char) => char !== '\n');
    }
  }

  #skipWhile(holds: (char: string) => boolean): void {
    for (; this.#at < this.#text.length; this.#at++) if (!holds(this.#text.charAt(this.#at))) return;
  }

  #note(path: Path, line: number): void {
    const key = JSON.stringify(path);
    if (!this.#lines.has(key)) this.#lines.set(key, line);
  }

  #currentLine(): number {
    for (; this.#counted < this.#at; this.#counted++) if (this.#text[this.#counted] === '\n') this.#line++;
    return this.#line;
  }
}
