import { readFileSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import Database from 'libsql';
import { record } from '../../../src/audit/record.ts';
import { OperatorError } from '../../../src/errors.ts';
import { migrations } from '../../../src/store/migrations.ts';
import { StoreError, type Transaction } from '../../../src/store/store.ts';
import { auditRow } from '../../support/audit-rows.ts';
import { openStoreIn, ScratchStore } from '../../support/scratch-store.ts';
import { die, execute, executeAndThrow, query } from '../../support/test-transactions.ts';

const insert = 'INSERT INTO facts (name, value) VALUES (?, ?)';

function outcomeOf(promise: Promise<unknown>): Promise<string> {
  return promise.then(
    () => 'done',
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
}

/** How many commits the write-ahead log holds: frames whose header gives the size of the database (SQLite file format section 4.1). */
function commitsIn(wal: Buffer): number {
  const frame = 24 + wal.readUInt32BE(8);
  let commits = 0;
  for (let at = 32; at + frame <= wal.length; at += frame) {
    const ofThisLog = wal.subarray(at + 8, at + 16).equals(wal.subarray(16, 24));
    if (ofThisLog && wal.readUInt32BE(at + 4) > 0) commits++;
  }
  return commits;
}

describe('store/sqlite-store', () => {
  let scratch: ScratchStore;
  beforeEach(async () => (scratch = await ScratchStore.open()));
  afterEach(() => scratch.remove());

  const fact = (name: string): Promise<number> => scratch.execute(insert, name, 'value');
  const facts = async (): Promise<unknown[]> =>
    (await scratch.query("SELECT name FROM facts WHERE name NOT IN ('key_id', 'digest_key') ORDER BY name")).map(
      (row) => row['name'],
    );

  it('its files are for their owner alone', async () => {
    await fact('one');
    for (const name of ['radgate.db', 'radgate.db-wal', 'radgate.db-shm'])
      expect(statSync(join(scratch.dir, name)).mode & 0o777, name).to.equal(0o600);
  });

  it('keeps what was committed over a restart', async () => {
    await fact('one');
    await scratch.reopen();
    expect(await facts()).to.deep.equal(['one']);
  });

  it('text, numbers, octets and null come back as they went in', async () => {
    await scratch.execute('CREATE TABLE kinds (a, b, c, d, e)');
    const values = ['\u00e9\u{1f511}\n', 2 ** 53 - 1, Buffer.from([0, 255, 128]), null, ''];
    await scratch.execute('INSERT INTO kinds VALUES (?, ?, ?, ?, ?)', ...values);
    const row = await scratch.row('SELECT * FROM kinds');
    expect(Object.values(row)).to.deep.equal(values);
    expect(Buffer.isBuffer(row['c'])).to.equal(true);
  });

  describe('a transaction that fails', () => {
    it('is rolled back alone: those committed with it are kept', async () => {
      const outcomes = await Promise.all(
        [
          scratch.store.run(execute, { sql: insert, parameters: ['before', 'x'] }),
          scratch.store.run(executeAndThrow, { sql: insert, parameters: ['thrown', 'x'] }),
          scratch.store.run(execute, { sql: insert, parameters: ['before', 'again'] }),
          scratch.store.run(execute, { sql: insert, parameters: ['after', 'x'] }),
        ].map(outcomeOf),
      );
      expect(outcomes).to.have.length(4);
      expect(outcomes[0]).to.equal('done');
      expect(outcomes[1]).to.equal('Error: thrown on purpose');
      expect(outcomes[2]).to.match(/^StoreError: .*UNIQUE/);
      expect(outcomes[3]).to.equal('done');
      expect(await facts()).to.deep.equal(['after', 'before']);
    });

    it('and takes the whole group with it, leaves nothing of the group behind, and nobody is told otherwise', async () => {
      // As SQLite does by itself on a full disk or an I/O error.
      const outcomes = await Promise.all(
        [
          scratch.store.run(execute, { sql: insert, parameters: ['one', 'x'] }),
          scratch.store.run(execute, { sql: 'ROLLBACK' }),
          scratch.store.run(execute, { sql: insert, parameters: ['two', 'x'] }),
        ].map(outcomeOf),
      );
      for (const outcome of outcomes) expect(outcome).to.match(/^StoreError/);
      expect(await facts()).to.deep.equal([]);
      expect(await fact('later')).to.equal(1);
    });
  });

  it('those that were asked for at once are committed together: one fsync for many logins', async () => {
    await fact('first');
    const before = commitsIn(readFileSync(`${scratch.file}-wal`));
    await Promise.all(Array.from({ length: 200 }, (_, i) => fact(`at once ${i}`)));
    expect(await facts()).to.have.length(201);
    expect(commitsIn(readFileSync(`${scratch.file}-wal`)) - before).to.equal(1);
  });

  it('is told of only once it is committed: another connection sees it then', async () => {
    await fact('one');
    const reader = new Database(scratch.file);
    try {
      expect(reader.prepare("SELECT count(*) AS count FROM facts WHERE name = 'one'").get()).to.deep.include({
        count: 1,
      });
    } finally {
      reader.close();
    }
  });

  it('a transaction that its thread does not know is an error', async () => {
    const unknown: Transaction<null, null> = { name: 'unknown', access: 'write', run: async () => null };
    expect(await outcomeOf(scratch.store.run(unknown, null))).to.match(/does not know the transaction unknown/);
  });

  it('ends once everything asked before is answered, and refuses what is asked after', async () => {
    const asked = Array.from({ length: 50 }, (_, i) => outcomeOf(fact(`asked ${i}`)));
    const closing = scratch.store.close();
    const late = outcomeOf(fact('late'));
    await closing;
    expect(await Promise.all(asked)).to.deep.equal(asked.map(() => 'done'));
    expect(await late).to.match(/^StoreError: the store is closed/);
    await scratch.reopen();
    expect(await facts()).to.have.length(50);
  });

  it('is bounded: beyond 20,000 transactions under way it refuses more at once', async () => {
    const asked = Array.from({ length: 20_000 }, () => scratch.store.run(query, { sql: 'SELECT 1' }));
    expect(await outcomeOf(scratch.store.run(query, { sql: 'SELECT 1' }))).to.match(/^StoreError: too many/);
    await Promise.all(asked);
    expect(await scratch.query('SELECT 1')).to.have.length(1);
  });

  it('whose thread dies says so, and fails what is under way and what comes', async () => {
    let died: (error: Error) => void = () => undefined;
    const death = new Promise<Error>((resolve) => (died = resolve));
    const own = await openStoreIn(scratch.dir, { onDeath: (error) => died(error) });
    await own.run(die, null).catch(() => undefined);
    expect((await death).message).to.equal('died on purpose');
    expect(await outcomeOf(own.run(query, { sql: 'SELECT 1' }))).to.match(/^StoreError: the store is closed/);
    await own.close();
  });

  describe('schema', () => {
    const version = async (): Promise<unknown> => (await scratch.row('SELECT version FROM schema_version'))['version'];

    it('is that of this version', async () => {
      expect(await version()).to.equal(migrations.length);
    });

    it('of a newer version is refused, and left alone', async () => {
      await scratch.execute('UPDATE schema_version SET version = ?', migrations.length + 1);
      await scratch.store.close();
      const failure = await openStoreIn(scratch.dir).catch((error: unknown) => error);
      expect(failure).to.be.instanceOf(OperatorError).with.property('code', 'store-newer');
      expect(String(failure)).to.include(scratch.file);
      const database = new Database(scratch.file);
      expect(database.prepare('SELECT version FROM schema_version').get()).to.deep.include({
        version: migrations.length + 1,
      });
      database.prepare('UPDATE schema_version SET version = ?').run(migrations.length);
      database.close();
      await scratch.reopen();
    });

    it('is made once, though eight open a new store at once', async () => {
      await scratch.store.close();
      for (const name of ['radgate.db', 'radgate.db-wal', 'radgate.db-shm'])
        rmSync(join(scratch.dir, name), { force: true });
      const stores = await Promise.all(Array.from({ length: 8 }, () => openStoreIn(scratch.dir)));
      await Promise.all(stores.map((store) => store.close()));
      await scratch.reopen();
      expect(await version()).to.equal(migrations.length);
    });
  });

  describe('what cannot be opened is told with its place', () => {
    const failure = async (file: string): Promise<unknown> =>
      openStoreIn(scratch.dir, { file })
        .then((store) => store.close())
        .catch((error: unknown) => error);

    it('a directory that is not there', async () => {
      const file = join(scratch.dir, 'no', 'such', 'radgate.db');
      const error = await failure(file);
      expect(error).to.be.instanceOf(OperatorError).with.property('code', 'store-unavailable');
      expect(String(error)).to.include(file);
    });

    it('a file that is no database', async () => {
      const file = join(scratch.dir, 'notes.txt');
      writeFileSync(file, 'not a database, but long enough to be one. '.repeat(50));
      expect(await failure(file))
        .to.be.instanceOf(OperatorError)
        .with.property('code', 'store-unavailable');
      expect(readFileSync(file, 'utf8')).to.match(/^not a database/);
    });
  });

  describe('whose file goes while it serves', () => {
    it('writes no more: what is committed to a removed file is lost', async () => {
      await fact('one');
      rmSync(scratch.file);
      expect(await outcomeOf(fact('two'))).to.match(/^StoreError/);
    });

    it('writes no more where another file took its place', async () => {
      await fact('one');
      renameSync(scratch.file, `${scratch.file}.old`);
      writeFileSync(scratch.file, '');
      expect(await outcomeOf(fact('two'))).to.match(/^StoreError: .*replaced/);
    });
  });

  it('that another connection keeps locked for longer than the busy time fails, reads meanwhile, and recovers', async function () {
    this.timeout(20_000);
    const other = new Database(scratch.file);
    try {
      other.exec('BEGIN IMMEDIATE');
      const [written, read] = await Promise.all([outcomeOf(fact('one')), outcomeOf(scratch.query('SELECT 1'))]);
      expect(written).to.match(/^StoreError: .*locked/);
      expect(read).to.equal('done');
      other.exec('ROLLBACK');
    } finally {
      other.close();
    }
    await fact('two');
    expect(await facts()).to.deep.equal(['two']);
  });

  it('an audit row that cannot be written is a StoreError, which a login ends in silence on', async () => {
    await scratch.execute('DROP TABLE audit');
    const row = auditRow(0, { result: 'reject', reason: 'password-wrong' });
    const error = await scratch.store.run(record, row).catch((reason: unknown) => reason);
    expect(error).to.be.instanceOf(StoreError);
  });
});
