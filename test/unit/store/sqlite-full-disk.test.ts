import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { run } from '../../peer/child.ts';

const program = fileURLToPath(new URL('../../support/full-disk.js', import.meta.url));
/** Mounts where only this process and its children see it. */
const mount = 'mount -t tmpfs -o size=3m tmpfs "$0"';

describe('store/sqlite-store on a full disk', () => {
  let dir: string;
  before(async function () {
    dir = mkdtempSync(join(tmpdir(), 'radgate-full-'));
    const tried = await run('unshare', ['-m', 'sh', '-c', mount, dir]).catch((error: unknown) => String(error));
    if (typeof tried === 'string' || tried.code !== 0) {
      process.stdout.write('    skipped: a small file system can be mounted by root alone, on Linux\n');
      this.skip();
    }
  });
  after(() => rmSync(dir, { recursive: true }));

  it('fails what it cannot commit, keeps what it said it committed, and goes on once there is room', async () => {
    const finished = await run('unshare', [
      '-m',
      'sh',
      '-c',
      `${mount} && exec "$1" "$2" "$0"`,
      dir,
      process.execPath,
      program,
    ]);
    expect(finished.stderr).to.equal('');
    const told = JSON.parse(finished.stdout) as Record<string, unknown>;
    expect(told['failed']).to.equal(5);
    expect(told['committed']).to.be.above(10);
    expect(told['committedAfterwards']).to.equal(20);
    expect(told['rows']).to.equal(Number(told['committed']) + 20);
    expect(told['errors']).to.deep.equal(['StoreError']);
  });
});
