import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';

/** Where Debian keeps the servers, a directory for each version. */
const versions = '/usr/lib/postgresql';

/** The directory of the newest PostgreSQL server's programs; undefined if there is none. */
export function postgresBin(): string | undefined {
  if (!existsSync(versions)) return undefined;
  return readdirSync(versions)
    .toSorted((a, b) => Number(b) - Number(a))
    .map((version) => join(versions, version, 'bin'))
    .find((dir) => existsSync(join(dir, 'initdb')));
}
