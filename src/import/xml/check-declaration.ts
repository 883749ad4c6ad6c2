import { quoted } from '../plain-text.ts';
import { FileRefused } from '../refusals.ts';

/** What bytes and byte order mark have shown already, whichever of them a program writes. */
const encodings = /^(?:utf-?8|utf-?16(?:le|be)?|us-ascii)$/i;

/**
 * Takes the XML declaration, and no other processing instruction.
 * @param first whether nothing stands before it
 * @throws FileRefused if it is another one or names an encoding other than those read: UTF-8 and UTF-16
 */
export function checkDeclaration(instruction: string, line: number, first: boolean): void {
  if (!first || !/^<\?xml\s[^<>]*\?>$/.test(instruction))
    throw new FileRefused(line, 'Processing instructions are refused: remove this one from the file.');
  const [, encoding] = /\sencoding\s*=\s*["']([^"']*)["']/.exec(instruction) ?? [];
  if (encoding !== undefined && !encodings.test(encoding))
    throw new FileRefused(line, `The encoding ${quoted(encoding)} is not read: save the file as UTF-8.`);
}
