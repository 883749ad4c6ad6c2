import { createReadStream } from 'node:fs';

/** Octets of a line at most: a row has no more than some kilobytes. */
const longest = 1024 * 1024;

export class LineError extends Error {
  /** From 1. */
  readonly line: number;

  constructor(line: number, message: string) {
    super(message);
    this.name = 'LineError';
    this.line = line;
  }
}

/**
 * The lines of a file without their LF, one at a time, however large it is; a rest without one is a line too.
 * @throws LineError at a line that is too long or no UTF-8; Error if the file can't be read
 */
export async function* fileLines(file: string): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true });
  let line = 0;
  let rest: Buffer = Buffer.alloc(0);
  const decoded = (octets: Buffer): string => {
    line++;
    try {
      return decoder.decode(octets);
    } catch {
      throw new LineError(line, 'this line is damaged: it is no UTF-8');
    }
  };
  for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
    const octets = rest.length > 0 ? Buffer.concat([rest, chunk]) : chunk;
    let from = 0;
    for (let end = octets.indexOf(0x0a); end !== -1; end = octets.indexOf(0x0a, from)) {
      yield decoded(octets.subarray(from, end));
      from = end + 1;
    }
    rest = octets.subarray(from);
    if (rest.length > longest) throw new LineError(line + 1, `this line is longer than ${longest} octets`);
  }
  if (rest.length > 0) yield decoded(rest);
}
