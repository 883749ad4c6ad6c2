import { createReadStream } from 'node:fs';

/** How many lines a file has, for a progress bar: 0 if it can't be read, which whoever reads it next tells. */
export async function lineCount(file: string): Promise<number> {
  let lines = 0;
  try {
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>)
      for (let at = chunk.indexOf(0x0a); at !== -1; at = chunk.indexOf(0x0a, at + 1)) lines++;
  } catch {
    return 0;
  }
  return lines;
}
