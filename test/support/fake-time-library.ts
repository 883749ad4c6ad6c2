import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian keeps libraries, a directory for each kind of machine. */
const libraries = '/usr/lib';

/** Debian's libfaketime, for LD_PRELOAD; undefined if it is not there. */
export function fakeTimeLibrary(): string | undefined {
  if (!existsSync(libraries)) return undefined;
  return readdirSync(libraries)
    .filter((name) => name.includes('linux'))
    .map((name) => join(libraries, name, 'faketime', 'libfaketimeMT.so.1'))
    .find((file) => existsSync(file));
}
