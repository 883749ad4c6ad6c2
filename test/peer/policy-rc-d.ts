import { existsSync, lstatSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';

const script = `#!/bin/sh
# Put here by radgate's tests while they install packages: no service is started. Safe to remove.
exit 101
`;

function isThere(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false }) !== undefined;
}

function isOurs(path: string): boolean {
  return existsSync(path) && readFileSync(path, 'utf8') === script;
}

/**
 * Keeps Debian's packages from starting the services they bring: invoke-rc.d and deb-systemd-invoke ask /usr/sbin/policy-rc.d, and
 * 101 forbids it. Returns the function that puts back what was there. What a run that was killed left behind is put right first.
 */
export function forbidServices(path = '/usr/sbin/policy-rc.d'): () => void {
  const kept = `${path}.radgate-kept`;
  const restore = (): void => {
    if (isOurs(path)) rmSync(path);
    if (isThere(kept) && !isThere(path)) renameSync(kept, path);
  };
  restore();
  if (isThere(path)) renameSync(path, kept);
  writeFileSync(path, script, { mode: 0o755 });
  return restore;
}
