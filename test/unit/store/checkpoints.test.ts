import { copyFileSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { Checkpoints } from '../../../src/store/checkpoints.ts';
import { SqliteDriver } from '../../../src/store/sqlite-driver.ts';

describe('store: Checkpoints', () => {
  let dir: string;
  let driver: SqliteDriver;
  let checkpoints: Checkpoints;
  beforeEach(async () => {
    dir = mkdtempSync(join(tmpdir(), 'radgate-checkpoints-'));
    driver = new SqliteDriver({ file: join(dir, 'radgate.db'), keyFile: '', durability: 'process' });
    await driver.run('CREATE TABLE people (name TEXT)');
    await driver.get('PRAGMA wal_checkpoint(TRUNCATE)');
    checkpoints = new Checkpoints(join(dir, 'radgate.db'));
  });
  afterEach(async () => {
    await checkpoints.close();
    driver.close();
    rmSync(dir, { recursive: true });
  });

  /** How many there are in the file itself, without its write-ahead log. */
  const inFile = async (): Promise<unknown> => {
    const file = join(dir, 'copy.db');
    copyFileSync(join(dir, 'radgate.db'), file);
    const copy = new SqliteDriver({ file, keyFile: '', durability: 'process' });
    const row = await copy.get('SELECT count(*) AS people FROM people');
    copy.close();
    return row?.['people'];
  };
  const add = (name: string): Promise<number> => driver.run('INSERT INTO people (name) VALUES (?)', name);

  it('carry over what was committed, and again what was committed meanwhile', async () => {
    await add('alice');
    expect(await inFile()).to.equal(0);
    checkpoints.due();
    while ((await inFile()) !== 1) await setImmediate();
    await add('bob');
    await add('carol');
    checkpoints.due();
    checkpoints.due();
    while ((await inFile()) !== 3) await setImmediate();
  });

  it('leave a transaction that is under way alone', async () => {
    driver.exec('BEGIN IMMEDIATE');
    await add('alice');
    checkpoints.due();
    await checkpoints.close();
    driver.exec('COMMIT');
    expect(await driver.get('SELECT name FROM people')).to.deep.equal({ name: 'alice' });
    checkpoints = new Checkpoints(join(dir, 'radgate.db'));
  });

  it('end at once where one was due', async () => {
    await add('alice');
    checkpoints.due();
    await checkpoints.close();
    expect(await inFile()).to.equal(0);
    checkpoints = new Checkpoints(join(dir, 'radgate.db'));
  });
});
