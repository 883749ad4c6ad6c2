import { readText } from '../../import/read-text.ts';
import { FileRefused } from '../../import/refusals.ts';

/** Whether a file begins as XML does: what isn't XML is taken for CSV. */
export async function isPskc(file: string): Promise<boolean> {
  try {
    for await (const text of readText(file)) {
      const start = text.trimStart();
      if (start !== '') return start.startsWith('<');
    }
  } catch (error) {
    // Whoever reads it next tells why it can't be read.
    if (!(error instanceof FileRefused)) throw error;
  }
  return false;
}
