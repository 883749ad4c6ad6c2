import { copyFileSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { attempt } from '../../../src/login/attempt.ts';
import { backup } from '../../../src/store/backup.ts';
import type { Store } from '../../../src/store/store.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { openStoreIn, ScratchStore } from '../../support/scratch-store.ts';
import { execute, query } from '../../support/test-transactions.ts';

const key = Buffer.from('12345678901234567890');
const now = Date.UTC(2024, 0, 1, 12);
const code = (steps = 0): string => hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000 + steps);

describe('store/backup', () => {
  let scratch: ScratchStore;
  let userId: string;
  let dir: string;
  let file: string;
  beforeEach(async () => {
    scratch = await ScratchStore.open();
    userId = await scratch.addUser({ names: ['alice'] });
    await scratch.addToken({ userId, key });
    dir = mkdtempSync(join(tmpdir(), 'radgate-backup-'));
    file = join(dir, 'radgate.db');
  });
  afterEach(async () => {
    await scratch.remove();
    rmSync(dir, { recursive: true });
  });

  /** Opens the copy with the key that was kept apart from it. */
  const restore = async <T>(use: (store: Store) => Promise<T>): Promise<T> => {
    copyFileSync(scratch.keyFile, join(dir, 'radgate.key'));
    const store = await openStoreIn(dir);
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  };
  const login = async (store: Store, typed: string, at = now): Promise<string> =>
    (await store.run(attempt, attemptInput(userId, typed, at))).outcome;

  it('is a store of its own: logins go on from where it was made', async () => {
    expect(await login(scratch.store, code())).to.equal('accepted');
    await scratch.store.run(backup, file);
    const later = now + 30_000;
    expect(await login(scratch.store, code(1), later)).to.equal('accepted');
    await restore(async (store) => {
      expect(await login(store, code(), now), 'used before the copy').to.equal('code-used');
      expect(await login(store, code(1), later), 'used after it').to.equal('accepted');
      expect(await store.run(query, { sql: 'PRAGMA integrity_check' })).to.deep.equal([{ integrity_check: 'ok' }]);
    });
  });

  it('is consistent although others write meanwhile: a transaction is in it whole or not at all', async () => {
    await scratch.execute('CREATE TABLE pairs (one INTEGER, two INTEGER)');
    const insert = 'INSERT INTO pairs SELECT ?, ?';
    const write = (i: number): Promise<unknown> => scratch.store.run(execute, { sql: insert, parameters: [i, i] });
    for (let i = 0; i < 500; i++) await write(i);
    const writes = Array.from({ length: 500 }, (_, i) => write(500 + i));
    await scratch.store.run(backup, file);
    await Promise.all(writes);
    await restore(async (store) => {
      const rows = await store.run(query, { sql: 'SELECT one, two FROM pairs ORDER BY one' });
      expect(rows.length).to.be.within(500, 1_000);
      expect(rows).to.deep.equal(Array.from(rows, (_, i) => ({ one: i, two: i })));
    });
  });

  it('another process copies a store that is being served', async () => {
    const other = await openStoreIn(scratch.dir);
    const logins = Promise.all(Array.from({ length: 50 }, (_, i) => login(scratch.store, `${i}`)));
    await other.run(backup, file);
    await other.close();
    expect(await logins).to.have.length(50);
    expect(await login(scratch.store, code())).to.equal('locked');
    await restore(async (store) => {
      expect(await store.run(query, { sql: 'SELECT name FROM users' })).to.deep.equal([{ name: 'alice' }]);
    });
  });

  it('goes into an empty file, and never over one with something in it', async () => {
    writeFileSync(file, '', { mode: 0o600 });
    await scratch.store.run(backup, file);
    const failure: unknown = await scratch.store.run(backup, file).catch((error: unknown) => error);
    expect(String(failure)).to.match(/already exists/);
    expect(await restore((store) => login(store, code()))).to.equal('accepted');
  });

  it('that cannot be written fails, and the store goes on', async () => {
    mkdirSync(join(dir, 'a-directory'));
    for (const place of [join(dir, 'no', 'such', 'directory'), join(dir, 'a-directory')]) {
      const failure: unknown = await scratch.store.run(backup, place).catch((error: unknown) => error);
      expect(failure, place).to.be.an('error');
    }
    expect(existsSync(join(dir, 'no'))).to.equal(false);
    expect(await login(scratch.store, code())).to.equal('accepted');
  });

  it('has no key in it: without the key file it is worth nothing', async () => {
    await scratch.store.run(backup, file);
    const opened = openStoreIn(dir).then(
      () => expect.fail('it opened'),
      (error: unknown) => error,
    );
    expect(await opened).to.have.property('code', 'key-missing');
  });
});
