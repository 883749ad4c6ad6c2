/** Writes lines to standard output. */
export function print(...lines: readonly string[]): void {
  printAll(lines);
}

/** The same for very many, which a call does not take as its arguments. */
export function printAll(lines: readonly string[]): void {
  process.stdout.write(lines.map((line) => `${line}\n`).join(''));
}

/** Writes a value for programs to standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}

/** Writes lines to standard error, for the person who called the command. */
export function note(...lines: readonly string[]): void {
  process.stderr.write(lines.map((line) => `${line}\n`).join(''));
}
