import { Container } from './pskc/container.ts';
import type { PskcOptions } from './pskc/pskc-options.ts';
import { readText } from './read-text.ts';
import { FileRefused } from './refusals.ts';
import type { RowProblem } from './row-problem.ts';
import type { TokenRow } from './token-row.ts';
import { SectionScanner } from './xml/section-scanner.ts';

/**
 * The tokens of a PSKC file (RFC 6030, its drafts, and as vendors write it), one package in memory at a time.
 * @param file at most 256 MiB, in UTF-8, or UTF-16 with a byte order mark
 * @returns rows and problems in the order of the file; after a problem that concerns the whole file, nothing more
 */
export async function* importPskc(
  file: string,
  options: PskcOptions = {},
): AsyncGenerator<TokenRow | RowProblem, void, undefined> {
  const scanner = new SectionScanner();
  const container = new Container(file, options);
  try {
    for await (const text of readText(file)) for (const section of scanner.push(text)) yield* container.take(section);
    for (const section of scanner.end()) yield* container.take(section);
    yield* container.end(scanner.line);
  } catch (error) {
    if (!(error instanceof FileRefused)) throw error;
    yield* container.release();
    yield { place: { file, line: error.line }, message: error.message };
  }
}
