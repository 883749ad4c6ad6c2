import { open, type FileHandle } from 'node:fs/promises';
import { TextDecoder } from 'node:util';
import { countLines } from './count-lines.ts';
import { FileRefused } from './refusals.ts';

/** The largest file, in octets. */
const largest = 256 * 1024 * 1024;
/** What is read at once, in octets. */
const piece = 8 * 1024;

const marks: readonly { readonly encoding: string; readonly octets: Buffer }[] = [
  { encoding: 'utf-8', octets: Buffer.from([0xef, 0xbb, 0xbf]) },
  { encoding: 'utf-16le', octets: Buffer.from([0xff, 0xfe]) },
  { encoding: 'utf-16be', octets: Buffer.from([0xfe, 0xff]) },
];

/**
 * The text of a file, piece by piece and without its byte order mark: UTF-8, or UTF-16 if a mark says so.
 * @throws FileRefused if it can't be read, is over 256 MiB or is in another encoding, after the text before that place
 */
export async function* readText(file: string): AsyncGenerator<string, void, undefined> {
  let line = 1;
  let decoder: Decoder | undefined;
  for await (const octets of readOctets(file)) {
    decoder ??= decoderOf(octets);
    const { text, whole } = decoder(octets);
    if (text !== '') yield text;
    line += countLines(text);
    if (!whole) throw wrongEncoding(line);
  }
  if (decoder && !decoder(undefined).whole) throw wrongEncoding(line);
}

/** Its pieces, the first with any byte order mark whole, each valid until the next one is asked for. */
async function* readOctets(file: string): AsyncGenerator<Buffer, void, undefined> {
  const handle = await openFile(file);
  try {
    if ((await handle.stat()).size > largest) throw tooLarge();
    const buffer = Buffer.alloc(piece);
    let total = 0;
    for (let length = piece; length === piece;) {
      length = await fill(handle, buffer);
      total += length;
      // A pipe has no size to look at.
      if (total > largest) throw tooLarge();
      if (length > 0) yield buffer.subarray(0, length);
    }
  } catch (error) {
    throw error instanceof FileRefused ? error : unreadable(error);
  } finally {
    await handle.close();
  }
}

async function openFile(file: string): Promise<FileHandle> {
  try {
    return await open(file);
  } catch (error) {
    throw unreadable(error);
  }
}

/** Fills the buffer: pipes give less at a time than is asked for. @returns fewer octets than its size at the end of the file only */
async function fill(handle: FileHandle, buffer: Buffer): Promise<number> {
  let length = 0;
  while (length < buffer.length) {
    const { bytesRead } = await handle.read(buffer, length, buffer.length - length, null);
    if (bytesRead === 0) break;
    length += bytesRead;
  }
  return length;
}

function tooLarge(): FileRefused {
  return new FileRefused(1, `The file is over ${largest / 1024 / 1024} MiB: split it into several.`);
}

function unreadable(error: unknown): FileRefused {
  const code = error instanceof Error && 'code' in error ? String(error.code) : 'unknown reason';
  return new FileRefused(1, `The file can't be read (${code}).`);
}

function wrongEncoding(line: number): FileRefused {
  return new FileRefused(
    line,
    'Not UTF-8, nor UTF-16 with a byte order mark: save the file as "UTF-8" (in Excel: "CSV UTF-8") and import that.',
  );
}

/** Takes octets, or undefined at the end. `whole` is false if they could not all be decoded, and the text is what stands before. */
type Decoder = (octets: Buffer | undefined) => { readonly text: string; readonly whole: boolean };

function decoderOf(start: Buffer): Decoder {
  const encoding = marks.find(({ octets }) => start.subarray(0, octets.length).equals(octets))?.encoding ?? 'utf-8';
  const strict = new TextDecoder(encoding, { fatal: true });
  const lax = new TextDecoder(encoding);
  return (octets) => {
    const stream = octets !== undefined;
    // The lax one goes along, since it has to know what the strict one does when that gives up.
    const text = lax.decode(octets, { stream });
    // A NUL shows UTF-16 or UTF-32 that is not marked.
    const wrong = text.search(decodes(strict, octets, stream) ? /\0/ : /[\0\ufffd]/);
    return wrong === -1 ? { text, whole: true } : { text: text.slice(0, wrong), whole: false };
  };
}

function decodes(decoder: TextDecoder, octets: Buffer | undefined, stream: boolean): boolean {
  try {
    decoder.decode(octets, { stream });
    return true;
  } catch {
    return false;
  }
}
