import { readFileSync } from 'node:fs';
import { OperatorError } from '../../errors.ts';

/** A pre-shared key from a file: 16, 24 or 32 octets as they are, or in hexadecimal. @throws OperatorError 'usage' */
export function readPskcKey(file: string): Buffer {
  const content = read(file);
  const text = content.toString('latin1').replaceAll(/[\s:]/g, '');
  const key = /^(?:[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64})$/i.test(text) ? Buffer.from(text, 'hex') : content;
  if ([16, 24, 32].includes(key.length)) return key;
  throw new OperatorError('usage', `${file} has no AES key: 16, 24 or 32 octets, or twice as many hexadecimal digits`);
}

function read(file: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    throw new OperatorError('usage', `cannot read --key-file: ${String(error)}`, { cause: error });
  }
}
