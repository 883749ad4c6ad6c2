import { closeSync, fsyncSync, openSync, readFileSync, writeSync } from 'node:fs';
import { OperatorError } from '../errors.ts';
import { randomOctets } from '../random.ts';

const keySize = 32;

/** Reads the sealing key: 64 hexadecimal digits. @returns undefined if the file doesn't exist @throws OperatorError 'key-unreadable' */
export function readKeyFile(file: string): Buffer | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new OperatorError('key-unreadable', `cannot read the key file ${file}: ${String(error)}`, { cause: error });
  }
  if (!/^[0-9a-f]{64}$/i.test(text))
    throw new OperatorError('key-unreadable', `the key file ${file} does not hold a key of 64 hexadecimal digits`);
  return Buffer.from(text, 'hex');
}

/**
 * Makes a key of 32 random octets and writes it, readable by this user only and on the disk before it is used. If another process made
 * one in the same moment, that one is returned.
 * @throws OperatorError 'key-unreadable' if it can't be written
 */
export function makeKeyFile(file: string): Buffer {
  const key = randomOctets(keySize);
  try {
    const descriptor = openSync(file, 'wx', 0o600);
    try {
      writeSync(descriptor, `${key.toString('hex')}\n`);
      fsyncSync(descriptor);
    } finally {
      closeSync(descriptor);
    }
    return key;
  } catch (error) {
    const other = isCode(error, 'EEXIST') ? readKeyFile(file) : undefined;
    if (other) return other;
    throw new OperatorError('key-unreadable', `cannot write the key file ${file}: ${String(error)}`, { cause: error });
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
