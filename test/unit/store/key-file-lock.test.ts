import { existsSync, mkdtempSync, rmSync, statSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { OperatorError } from '../../../src/errors.ts';
import { KeyFileLock } from '../../../src/store/key-file-lock.ts';
import { run } from '../../peer/child.ts';

function codeOf(action: () => unknown): string | undefined {
  try {
    action();
    return undefined;
  } catch (error) {
    if (error instanceof OperatorError) return error.code;
    throw error;
  }
}

describe('store/key-file-lock', () => {
  let dir: string;
  let key: string;
  beforeEach(() => {
    dir = mkdtempSync(join(tmpdir(), 'radgate-lock-'));
    key = join(dir, 'radgate.key');
  });
  afterEach(() => rmSync(dir, { recursive: true }));

  it('is held by one alone, for its owner to see, and gone afterwards', () => {
    const lock = new KeyFileLock(key);
    expect(statSync(`${key}.lock`).mode & 0o777).to.equal(0o600);
    expect(codeOf(() => new KeyFileLock(key))).to.equal('refused');
    lock.release();
    expect(existsSync(`${key}.lock`)).to.equal(false);
    new KeyFileLock(key).release();
  });

  it('is held by one alone where several processes take it and let it go', async () => {
    const locker = fileURLToPath(new URL('../../support/key-file-locker.js', import.meta.url));
    const ended = await Promise.all(
      [1, 2, 3].map(() => run(process.execPath, [locker, key, '60'], { milliseconds: 50_000 })),
    );
    expect(ended.map(({ stderr }) => stderr).join('')).to.equal('');
  });

  it('makes no file through a link that somebody has put in its place', () => {
    const elsewhere = join(dir, 'elsewhere');
    symlinkSync(elsewhere, `${key}.lock`);
    expect(codeOf(() => new KeyFileLock(key))).to.equal('key-unreadable');
    expect(existsSync(elsewhere)).to.equal(false);
  });
});
