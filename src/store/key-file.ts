import {
  closeSync,
  fchownSync,
  fsyncSync,
  openSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeSync,
} from 'node:fs';
import { dirname } from 'node:path';
import { OperatorError } from '../errors.ts';
import { randomOctets } from '../random.ts';

const keySize = 32;

/**
 * Reads the sealing keys: 64 hexadecimal digits a line, the one to write with first. During a change of keys there are two.
 * @returns undefined if the file doesn't exist
 * @throws OperatorError 'key-unreadable'
 */
export function readKeyFile(file: string): readonly Buffer[] | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8').trim();
  } catch (error) {
    if (isCode(error, 'ENOENT')) return undefined;
    throw new OperatorError('key-unreadable', `cannot read the key file ${file}: ${String(error)}`, { cause: error });
  }
  const lines = text.split(/\s+/);
  if (lines.length > 2 || !lines.every((line) => /^[0-9a-f]{64}$/i.test(line)))
    throw new OperatorError('key-unreadable', `the key file ${file} does not hold keys of 64 hexadecimal digits`);
  return lines.map((line) => Buffer.from(line, 'hex'));
}

/**
 * Makes a key of 32 random octets and writes it, readable by this user only and on the disk before it is used. If another process made
 * one in the same moment, that one is returned.
 * @throws OperatorError 'key-unreadable' if it can't be written
 */
export function makeKeyFile(file: string): readonly Buffer[] {
  const keys = [newKey()];
  try {
    write(file, keys);
    return keys;
  } catch (error) {
    const other = isCode(error, 'EEXIST') ? readKeyFile(file) : undefined;
    if (other) return other;
    throw new OperatorError('key-unreadable', `cannot write the key file ${file}: ${String(error)}`, { cause: error });
  }
}

/** Replaces the keys in one step: a crash leaves the old file or the new one. @throws OperatorError 'key-unreadable' */
export function replaceKeyFile(file: string, keys: readonly Buffer[]): void {
  try {
    // Who runs the command may be root; who reads the file is the service's user.
    const { uid, gid } = statSync(file);
    const next = `${file}.new`;
    // Left by a command that was killed.
    rmSync(next, { force: true });
    write(next, keys, { uid, gid });
    renameSync(next, file);
    syncDirectory(file);
  } catch (error) {
    throw new OperatorError('key-unreadable', `cannot write the key file ${file}: ${String(error)}`, { cause: error });
  }
}

/** A key to write into a key file: 32 random octets. */
export function newKey(): Buffer {
  return randomOctets(keySize);
}

/** Into a new file, and never through a link that somebody has put in its place. */
function write(file: string, keys: readonly Buffer[], owner?: { readonly uid: number; readonly gid: number }): void {
  const descriptor = openSync(file, 'wx', 0o600);
  try {
    if (owner) fchownSync(descriptor, owner.uid, owner.gid);
    writeSync(descriptor, keys.map((key) => `${key.toString('hex')}\n`).join(''));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  syncDirectory(file);
}

/** The store will refer to the key within this file: its name must be on the disk before that. */
function syncDirectory(file: string): void {
  const directory = openSync(dirname(file), 'r');
  try {
    fsyncSync(directory);
  } finally {
    closeSync(directory);
  }
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
