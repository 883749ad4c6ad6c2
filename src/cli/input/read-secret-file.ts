import { readFileSync } from 'node:fs';
import { OperatorError } from '../../errors.ts';

/** A secret from a file, without the newline at its end. @throws OperatorError 'usage' if there is none to be read */
export function readSecretFile(file: string, option = '--secret-file'): Buffer {
  let content: Buffer;
  try {
    content = readFileSync(file);
  } catch (error) {
    throw new OperatorError('usage', `cannot read ${option}: ${String(error)}`, { cause: error });
  }
  const end = content.at(-1) !== 0x0a ? 0 : content.at(-2) !== 0x0d ? 1 : 2;
  const secret = content.subarray(0, content.length - end);
  if (secret.length === 0) throw new OperatorError('usage', `the file of ${option} is empty: ${file}`);
  return secret;
}
