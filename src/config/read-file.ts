import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** What a file holds, and who may read it. */
export interface SmallFile {
  readonly bytes: Buffer;
  /** Permission bits of a regular file (0o600); 0 for a pipe and the like. */
  readonly mode: number;
  /** When it was last changed, in milliseconds since 1970 UTC. */
  readonly changedAt: number;
}

/** Reads a file of at most `limit` octets, whatever it is: no endless device fills the memory. @returns undefined if it is larger @throws the system's error */
export function readSmallFile(file: string, limit: number): SmallFile | undefined {
  const descriptor = openSync(file, 'r');
  try {
    const status = fstatSync(descriptor);
    const bytes = Buffer.alloc(limit + 1);
    let length = 0;
    for (let read = -1; read !== 0 && length <= limit; length += read)
      read = readSync(descriptor, bytes, length, bytes.length - length, null);
    if (length > limit) return undefined;
    return {
      bytes: Buffer.from(bytes.subarray(0, length)),
      mode: status.isFile() ? status.mode & 0o777 : 0,
      changedAt: status.mtimeMs,
    };
  } finally {
    closeSync(descriptor);
  }
}

/** Whether an error of the file system says that the file isn't there. */
export function isMissing(error: unknown): boolean {
  return ['ENOENT', 'ENOTDIR'].includes(codeOf(error));
}

/** Why a file can't be read, in words that name no path. */
export function reasonOf(error: unknown): string {
  if (isMissing(error)) return 'there is no such file';
  const code = codeOf(error);
  return { EACCES: 'permission denied', EPERM: 'permission denied', EISDIR: 'it is a directory' }[code] ?? code;
}

function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error ? String(error.code) : 'unknown error';
}
