import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { SqliteDriver } from '../../../src/store/sqlite-driver.ts';

describe('store: SqliteDriver', () => {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-driver-'));
  let driver: SqliteDriver;
  before(async () => {
    driver = new SqliteDriver({ file: join(dir, 'radgate.db'), keyFile: '', durability: 'process' });
    await driver.run('CREATE TABLE people (name TEXT PRIMARY KEY, octets BLOB)');
    for (const name of ['alice', 'bob'])
      await driver.run('INSERT INTO people (name, octets) VALUES (?, ?)', name, Buffer.from(name));
  });
  after(() => {
    driver.close();
    rmSync(dir, { recursive: true });
  });

  it('gets the row that is asked for, also where the same statement gave all rows of another before', async () => {
    const statement = 'SELECT name FROM people WHERE name = ?';
    expect(await driver.all(statement, 'alice')).to.deep.equal([{ name: 'alice' }]);
    expect(await driver.get(statement, 'bob')).to.deep.equal({ name: 'bob' });
    expect(await driver.get(statement, 'alice')).to.deep.equal({ name: 'alice' });
    expect(await driver.get(statement, 'nobody')).to.equal(undefined);
  });

  it('gets the row that is asked for, also where the same statement failed before', async () => {
    const statement = 'SELECT abs(CAST(? AS INTEGER)) AS size';
    const failure: unknown = await driver.get(statement, '-9223372036854775808').catch((error: unknown) => error);
    expect(failure).to.have.property('message').that.contains('overflow');
    expect(await driver.get(statement, '-5')).to.deep.equal({ size: 5 });
  });

  it('gets rows by the columns that the table has now, also where another process has added one', async () => {
    await driver.run('CREATE TABLE growing (name TEXT)');
    await driver.run("INSERT INTO growing (name) VALUES ('alice')");
    const statement = 'SELECT * FROM growing';
    const both = async (): Promise<unknown[]> => [await driver.get(statement), ...(await driver.all(statement))];
    expect(await both()).to.deep.equal([{ name: 'alice' }, { name: 'alice' }]);
    const other = new SqliteDriver({ file: join(dir, 'radgate.db'), keyFile: '', durability: 'process' });
    await other.run("ALTER TABLE growing ADD COLUMN state TEXT DEFAULT 'new'");
    other.close();
    const grown = { name: 'alice', state: 'new' };
    expect(await both()).to.deep.equal([grown, grown]);
  });

  it('a row that was got holds nothing up: what others write is seen, and the log is emptied', async () => {
    const statement = 'SELECT name FROM people ORDER BY name';
    expect(await driver.get(statement)).to.deep.equal({ name: 'alice' });
    const other = new SqliteDriver({ file: join(dir, 'radgate.db'), keyFile: '', durability: 'process' });
    await other.run("INSERT INTO people (name) VALUES ('aaron')");
    expect(await driver.get(statement)).to.deep.equal({ name: 'aaron' });
    expect(await other.get('PRAGMA wal_checkpoint(TRUNCATE)')).to.deep.include({ busy: 0 });
    other.close();
  });

  it('takes octets as the only parameter', async () => {
    const octets = Buffer.from('bob');
    expect(await driver.get('SELECT * FROM people WHERE octets = ?', octets)).to.deep.equal({ name: 'bob', octets });
    expect(await driver.all('SELECT name FROM people WHERE octets = ?', octets)).to.deep.equal([{ name: 'bob' }]);
    expect(await driver.run('UPDATE people SET name = name WHERE octets = ?', octets)).to.equal(1);
  });
});
