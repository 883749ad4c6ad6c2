import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A new directory of mode 0700 under the system's own for temporary files. */
export function makeTempDir(name: string): Promise<string> {
  return mkdtemp(join(tmpdir(), `radgate-test-${name}-`));
}

export function removeTempDir(dir: string): Promise<void> {
  return rm(dir, { recursive: true, force: true });
}
