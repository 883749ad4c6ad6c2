import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { inspect } from 'node:util';
import { expect } from 'chai';
import { OperatorError } from '../../src/errors.ts';
import { systemClock, type Clock } from '../../src/clock.ts';
import { hotp } from '../../src/factor/oath.ts';
import { replaceRecoveryCodes } from '../../src/factor/recovery-codes.ts';
import { approvalRandom } from '../../src/approval/approval.ts';
import { beginApproval } from '../../src/approval/begin-approval.ts';
import { decideApproval } from '../../src/approval/decide-approval.ts';
import { createEnrolments } from '../../src/enrol/create-enrolments.ts';
import { beginEnrolApp } from '../../src/enrol/enrol-app.ts';
import { attempt } from '../../src/login/attempt.ts';
import { rememberLogin } from '../../src/login/remember.ts';
import { StoreWaitingLogins } from '../../src/login/waiting-store.ts';
import type { WaitingLogin, WaitingOptions } from '../../src/login/waiting.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { importTokenRows } from '../../src/store/import-tokens.ts';
import { databaseIsCurrent } from '../../src/store/inspect-postgres.ts';
import type { TokenLine } from '../../src/store/place-tokens.ts';
import type { PostgresServer } from '../../src/store/postgres-pool.ts';
import { cancelBypass, grantBypass } from '../../src/store/bypasses.ts';
import { holdUser } from '../../src/store/lockouts.ts';
import { PostgresStore } from '../../src/store/postgres-store.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import { StoreError, type Store, type Transaction } from '../../src/store/store.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { addToken, removeToken } from '../../src/store/tokens.ts';
import { unlockUser } from '../../src/store/unlock-user.ts';
import { setUser } from '../../src/store/users.ts';
import { run } from '../peer/child.ts';
import { within } from '../peer/deadline.ts';
import { peer } from '../peer/peer.ts';
import { succeed } from '../peer/radgate.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { FakeClock } from '../support/fake-clock.ts';
import { packed } from '../support/packed.ts';
import { Postgres } from '../support/postgres.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { execute, executeAndThrow, query } from '../support/test-transactions.ts';
import { aWaitingLogin } from '../support/a-waiting-login.ts';
import { approvalInput, decideInput } from '../support/approval-input.ts';

/** What a promise was rejected with. */
async function failureOf(promise: Promise<unknown>): Promise<Error> {
  return promise.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error as Error,
  );
}

const putFact = { sql: 'INSERT INTO facts (name, value) VALUES (?, ?)' };
const setFact = 'UPDATE facts SET value = ? WHERE name = ?';
const factNamed = (name: string) => ({ sql: 'SELECT value FROM facts WHERE name = ?', parameters: [name] });
const binding = Buffer.from('binding');

function waitingIn(store: Store, own: Partial<WaitingOptions & { readonly clock: Clock }>): StoreWaitingLogins {
  const usual = { lifetime: 60_000, max: 1_000, clock: systemClock, onAbandoned: () => undefined };
  return new StoreWaitingLogins({ ...usual, ...own, store });
}

/** One of them, in turn. */
function of<T>(items: readonly T[], i: number): T {
  return items[i % items.length] ?? expect.fail('none');
}

/** Of a user, for setUser. */
const asItIs = {
  password: undefined,
  phone: undefined,
  email: undefined,
  addAliases: [],
  removeAliases: [],
  distinct: false,
} as const;

const tokenLine = (file: number, line: number, user: FoldedName): TokenLine => ({
  id: `${file}-${line}`,
  line,
  user: user.folded,
  key: Buffer.from(`key ${line} of ${file}`).toString('base64'),
  serial: `S${file}-${line}`,
  manufacturer: null,
  model: null,
  type: 'hotp',
  algorithm: 'sha1',
  digits: 6,
  period: 30,
  drift: 0,
  counter: 0,
  validFrom: null,
  validUntil: null,
});

const backend = { sql: 'SELECT pg_backend_pid() AS pid' };

peer('postgresql')('store: PostgresStore and its server', function () {
  this.timeout(30_000);
  const dir = mkdtempSync(join(tmpdir(), 'radgate-postgres-'));
  const keyFile = join(dir, 'key');
  const timeout = 1_000;
  let postgres: Postgres;
  let server: PostgresServer;
  let store: PostgresStore;

  before(async () => {
    postgres = await Postgres.start();
    server = postgres.server(await postgres.createDatabase());
    store = await PostgresStore.open({ ...server, keyFile, timeout });
  });
  after(async () => {
    await store.close();
    await postgres.remove();
    rmSync(dir, { recursive: true });
  });

  /** Why a store can't be opened. */
  const refusal = async (own: Partial<PostgresServer>): Promise<OperatorError> => {
    const failure = await failureOf(PostgresStore.open({ ...server, keyFile, timeout, ...own }));
    expect(failure).to.be.instanceOf(OperatorError).with.property('code', 'store-unavailable');
    return failure as OperatorError;
  };

  describe('transactions', () => {
    it('goes on where a newer radgate adds a column to a table, in reads, brief ones too, and in writes', async () => {
      const all = { sql: 'SELECT * FROM facts' };
      const kinds: readonly (typeof query)[] = [query, { ...query, brief: true }, { ...query, access: 'write' }];
      const columns = async (): Promise<unknown[]> => {
        // So many at once that each has a connection of its own.
        const read = kinds.flatMap((kind) => Array.from({ length: 4 }, () => store.run(kind, all)));
        return (await Promise.all(read)).map(([row]) => Object.keys(row ?? {}).length);
      };
      const before = await columns();
      await store.run(execute, { sql: 'ALTER TABLE facts ADD COLUMN newer TEXT' });
      try {
        expect(await columns()).to.deep.equal(before.map(() => 3));
      } finally {
        await store.run(execute, { sql: 'ALTER TABLE facts DROP COLUMN newer' });
      }
      expect(await columns()).to.deep.equal(before);
    });

    it('may not write when they are reads', async () => {
      const failure = await failureOf(
        store.run({ ...execute, access: 'read' }, { ...putFact, parameters: ['r', 'x'] }),
      );
      expect(failure).to.be.instanceOf(StoreError).with.property('message').that.contains('read-only');
      expect(await store.run(query, factNamed('r'))).to.deep.equal([]);
    });

    it('see one moment of the database when they are reads', async () => {
      await store.run(execute, { ...putFact, parameters: ['moment', 'before'] });
      const twice: Transaction<null, unknown[]> = {
        name: 'test-twice',
        access: 'read',
        run: async ({ sql }) => {
          const first = await sql.get('SELECT value FROM facts WHERE name = ?', 'moment');
          await store.run(execute, { sql: setFact, parameters: ['after', 'moment'] });
          return [first, await sql.get('SELECT value FROM facts WHERE name = ?', 'moment')];
        },
      };
      expect(await store.run(twice, null)).to.deep.equal([{ value: 'before' }, { value: 'before' }]);
      expect(await store.run(query, factNamed('moment'))).to.deep.equal([{ value: 'after' }]);
    });

    it('are run again when they lose a deadlock', async () => {
      for (const name of ['a', 'b']) await store.run(execute, { ...putFact, parameters: [`deadlock ${name}`, '0'] });
      // A lock is waited for longer than the server takes to see a deadlock (1 s).
      const patient = await PostgresStore.open({ ...server, keyFile, timeout: 5_000 });
      let runs = 0;
      let held = 0;
      let bothHoldOne = (): void => undefined;
      const both = new Promise<void>((resolve) => (bothHoldOne = resolve));
      const lockBoth: Transaction<readonly ['a' | 'b', 'a' | 'b'], null> = {
        name: 'test-lock-both',
        access: 'write',
        run: async ({ sql }, [here, there]) => {
          // The one that lost has the field to itself when it is run again.
          if (++runs > 2) await Promise.race(rivals);
          await sql.run('UPDATE facts SET value = value || ? WHERE name = ?', here, `deadlock ${here}`);
          if (++held === 2) bothHoldOne();
          await both;
          await sql.run('UPDATE facts SET value = value || ? WHERE name = ?', here, `deadlock ${there}`);
          return null;
        },
      };
      const rivals = [patient.run(lockBoth, ['a', 'b']), patient.run(lockBoth, ['b', 'a'])];
      await Promise.all(rivals);
      await patient.close();
      expect(runs).to.equal(3);
      for (const name of ['a', 'b']) {
        const [row] = await store.run(query, factNamed(`deadlock ${name}`));
        expect(row?.['value'], 'each once').to.match(/^0(ab|ba)$/);
      }
    });

    it('are run three times at most', async () => {
      let runs = 0;
      const unlucky: Transaction<null, null> = {
        name: 'test-unlucky',
        access: 'write',
        run: async ({ sql }) => {
          runs++;
          await sql.run("DO $$ BEGIN RAISE SQLSTATE '40001' USING MESSAGE = 'out of luck'; END $$");
          return null;
        },
      };
      expect(await failureOf(store.run(unlucky, null)))
        .to.be.instanceOf(StoreError)
        .with.property('message', 'out of luck');
      expect(runs).to.equal(3);
    });

    it('are not told to be done when one of their statements had failed', async () => {
      const careless: Transaction<null, string> = {
        name: 'test-careless',
        access: 'write',
        run: async ({ sql }) => {
          await sql.run(putFact.sql, 'careless', 'x');
          await sql.run('SELECT 1 / 0').catch(() => undefined);
          return 'done';
        },
      };
      expect(await failureOf(store.run(careless, null))).to.be.instanceOf(StoreError);
      expect(await store.run(query, factNamed('careless'))).to.deep.equal([]);
    });

    it('tell of an error without the values of its row', async () => {
      const secret = 'deadbeef5ec2e7';
      const failure = await failureOf(
        store.run(execute, {
          sql: 'INSERT INTO users (id, name, phone) VALUES (?, ?, ?)',
          parameters: [secret, 'x', null],
        }),
      );
      expect(failure).to.be.instanceOf(StoreError);
      expect(inspect(failure, { depth: null, showHidden: true }))
        .to.contain('created_at')
        .and.not.contain(secret);
    });
  });

  it('sees no deadlock, whatever two nodes do at once', async function () {
    this.timeout(120_000);
    const logged = (await postgres.lines()).length;
    // All of it waits for ten connections, on a machine that may have other work.
    const options = {
      ...postgres.server(await postgres.createDatabase()),
      keyFile: join(dir, 'busy'),
      timeout: 60_000,
    };
    const one = await PostgresStore.open(options);
    const other = await PostgresStore.open(options);
    const users = ['u1', 'u2', 'u3'].map((name) => foldUserName(name) ?? expect.fail('no name'));
    const ids = await Promise.all(users.map(({ folded }) => addUser(one, { names: [folded] })));
    const key = Buffer.alloc(20, 1);
    for (const userId of ids) {
      await giveToken(one, { userId, key });
      await one.run(execute, {
        sql: 'UPDATE users SET phone = ? WHERE id = ?',
        parameters: [`+3361234${userId.length}`, userId],
      });
    }
    const time = { boot: 'b', now: 1_000 };
    const decide = async (node: Store, userId: string): Promise<unknown> => {
      const random = approvalRandom();
      const input = approvalInput({ userId, userName: 'u' }, random, 0);
      await node.run(beginApproval, { ...input, device: null, window: 1, limit: 1e6, channels: ['sms'], time });
      return node.run(decideApproval, { ...decideInput(random.token, 1), time });
    };
    const waiting = [one, other].map((node) => waitingIn(node, { lifetime: 0 }));
    const token = { name: null, algorithm: 'sha1', digits: 6, period: 30, state: 'active', now: 0 } as const;
    const change = { id: 'c', command: 'user test', at: 0 };
    const tasks: readonly ((node: Store, logins: StoreWaitingLogins, i: number) => Promise<unknown>)[] = [
      (node, _, i) =>
        node.run(addToken, { ...token, id: `t${i}`, user: of(users, i), key: Buffer.from(`key of ${i}`) }),
      (node, _, i) => node.run(removeToken, { id: `t${i - 2 * tasks.length}`, change }),
      (_, logins) => logins.put(aWaitingLogin, binding),
      (_, logins) => logins.purge(),
      (node, _, i) => node.run(unlockUser, { user: of(users, i), change }),
      (node, _, i) => node.run(resetUser, { user: of(users, i), change }),
      (node, _, i) => node.run(replaceRecoveryCodes, { user: of(users, i), codes: ['AAAAABBBBB'], change }),
      (node, _, i) =>
        node.run(attempt, { ...attemptInput(of(ids, i), 'AAAAABBBBB', i * 30_000), methods: ['recovery'] }),
      (node, _, i) => node.run(grantBypass, { id: `b${i}`, user: of(users, i), reason: 'r', seconds: 9, change }),
      (node, _, i) => node.run(cancelBypass, { user: of(users, i), change }),
      (node, _, i) => decide(node, of(ids, i)),
      (node, _, i) =>
        node.run(rememberLogin, { userId: of(ids, i), client: 'vpn', device: `d${i % 4}`, lifetime: 9, now: i }),
      (node, _, i) => node.run(switchUser, { user: of(users, i), disabled: i % 2 === 0, change }),
      (node, _, i) => node.run(setUser, { user: of(users, i), ...asItIs, disabled: i % 2 === 0, change }),
      (node, _, i) =>
        node.run(createEnrolments, {
          links: (i % 2 === 0 ? ids : ids.toReversed()).map((userId) => ({
            userId,
            token: approvalRandom().token,
            mail: null,
          })),
          existing: 'add',
          again: true,
          phones: true,
          expires: 9,
          time,
          change,
        }),
      (node, _, i) =>
        node.run(importTokenRows, {
          rows: packed((i % 2 === 0 ? users : users.toReversed()).map((user, line) => tokenLine(i, line, user))),
          change,
        }),
      (node, _, i) => node.run(attempt, attemptInput(of(ids, i), String(i).padStart(6, '0'), 0)),
      (node, _, i) => {
        const code = hotp({ key, algorithm: 'sha1', digits: 6 }, i);
        return node.run(attempt, attemptInput(of(ids, i), code, i * 30_000));
      },
    ];
    const work = Array.from({ length: 1_400 }, (_, i) => {
      const round = Math.floor(i / 2);
      return of(tasks, round)(i % 2 === 0 ? one : other, of(waiting, i), i);
    });
    // A user may have 20 tokens and no more.
    for (const each of await Promise.allSettled(work))
      if (each.status === 'rejected') expect(each.reason).to.be.instanceOf(OperatorError);
    await Promise.all([...waiting, one, other].map((each) => each.close()));
    expect((await postgres.lines()).slice(logged).filter((line) => line.includes('deadlock'))).to.deep.equal([]);
  });

  it('sees no deadlock where a user is disabled whose enrolment page goes on', async () => {
    const logged = (await postgres.lines()).length;
    // A lock is waited for longer than the server takes to see a deadlock (1 s).
    const options = { ...postgres.server(await postgres.createDatabase()), keyFile: join(dir, 'page'), timeout: 5_000 };
    const node = await PostgresStore.open(options);
    const user = foldUserName('alice') ?? expect.fail('no name');
    const userId = await addUser(node, { names: [user.folded] });
    const change = { id: 'c', command: 'user test', at: 1 };
    const token = approvalRandom().token;
    const time = { boot: 'b', now: 1 };
    const links = { existing: 'add', again: true, phones: true, expires: 9, time, change } as const;
    await node.run(createEnrolments, { links: [{ userId, token, mail: null }], ...links });
    let isHeld = (): void => undefined;
    const held = new Promise<void>((resolve) => (isHeld = resolve));
    const step = { token, now: 1, phones: true, address: '192.0.2.7', id: 't', key: Buffer.alloc(20, 1) };
    const page: Transaction<null, string> = {
      name: 'test-page',
      access: 'write',
      run: async (context) => {
        await holdUser(context, userId);
        isHeld();
        const waits = { sql: 'SELECT 1 AS waits FROM pg_locks WHERE NOT granted' };
        while ((await node.run(query, waits)).length === 0);
        return (await beginEnrolApp.run(context, step)).kind;
      },
    };
    const opened = node.run(page, null);
    await held;
    await node.run(setUser, { user, ...asItIs, disabled: true, change });
    expect(await opened).to.equal('begun');
    expect(await node.run(query, { sql: 'SELECT id FROM tokens' }), 'it went with the link').to.deep.equal([]);
    await node.close();
    expect((await postgres.lines()).slice(logged).filter((line) => line.includes('deadlock'))).to.deep.equal([]);
  });

  it('tells the end of a challenge by its own clock, whatever the clocks of the nodes say', async () => {
    const abandoned: WaitingLogin[] = [];
    const nodeAt = (monotonic: number): StoreWaitingLogins =>
      waitingIn(store, { clock: new FakeClock(0, monotonic), onAbandoned: (one) => abandoned.push(one) });
    const [here, there] = [nodeAt(5_000_000_000), nodeAt(1)];
    const put = async (): Promise<Buffer> => (await here.put(aWaitingLogin, binding)) ?? expect.fail('no room');
    const first = await put();
    const second = await put();
    await there.purge();
    expect(await there.take(first, binding, Buffer.from('1'))).to.deep.equal({ kind: 'waiting', login: aWaitingLogin });
    // A minute passes.
    await store.run(execute, { sql: 'UPDATE waiting_logins SET expires = expires - 60000' });
    expect(await there.take(second, binding, Buffer.from('1'))).to.deep.equal({ kind: 'unknown' });
    expect(abandoned).to.deep.equal([]);
    await Promise.all([here.purge(), there.purge()]);
    expect(abandoned, 'by one of them').to.deep.equal([aWaitingLogin]);
    await Promise.all([here.close(), there.close()]);
  });

  describe('deadlines', () => {
    it('end a statement that takes too long, and the connection goes on', async () => {
      const [before] = await store.run(query, backend);
      const failure = await failureOf(store.run(query, { sql: 'SELECT pg_sleep(20)' }));
      expect(failure).to.be.instanceOf(StoreError).with.property('message').that.contains('statement timeout');
      expect(await store.run(query, backend)).to.deep.equal([before]);
    });

    it('end the wait for a lock', async () => {
      await store.run(execute, { ...putFact, parameters: ['locked', '0'] });
      const admin = await postgres.connect(server.database);
      try {
        await admin.query("BEGIN; UPDATE facts SET value = '1' WHERE name = 'locked'");
        const failure = await failureOf(store.run(execute, { sql: setFact, parameters: ['2', 'locked'] }));
        expect(failure).to.be.instanceOf(StoreError).with.property('message').that.contains('lock timeout');
        await admin.query('COMMIT');
      } finally {
        await admin.end();
      }
      expect(await store.run(query, factNamed('locked'))).to.deep.equal([{ value: '1' }]);
    });

    it('give up a connection that falls silent, and take another', async () => {
      const [before] = await store.run(query, backend);
      const pid = Number(before?.['pid']);
      process.kill(pid, 'SIGSTOP');
      try {
        expect(await failureOf(within(5_000, 'a failure', store.run(query, backend)))).to.be.instanceOf(StoreError);
        const [after] = await store.run(query, backend);
        expect(after?.['pid']).not.to.equal(pid);
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('end a close, though the server does not answer', async () => {
      const node = await PostgresStore.open({ ...server, keyFile, timeout });
      const [row] = await node.run(query, backend);
      const pid = Number(row?.['pid']);
      process.kill(pid, 'SIGSTOP');
      try {
        await within(5_000, 'the close', node.close());
      } finally {
        process.kill(pid, 'SIGCONT');
      }
    });

    it('end the wait for one of the connections', async () => {
      const admin = await postgres.connect(server.database);
      try {
        await admin.query("BEGIN; UPDATE facts SET value = '3' WHERE name = 'locked'");
        const waiting = Array.from({ length: 40 }, () =>
          store.run(execute, { sql: setFact, parameters: ['4', 'locked'] }),
        );
        const failures = await Promise.all(waiting.map(failureOf));
        for (const failure of failures) expect(failure).to.be.instanceOf(StoreError);
        expect(failures.map(({ message }) => message)).to.include('timeout exceeded when trying to connect');
        await admin.query('ROLLBACK');
      } finally {
        await admin.end();
      }
      expect(await store.run(execute, { sql: setFact, parameters: ['5', 'locked'] })).to.equal(1);
    });
  });

  describe('a server that goes away', () => {
    it('in the middle of a transaction: nothing of it is kept, and the next one is served', async () => {
      const cut: Transaction<null, null> = {
        name: 'test-cut',
        access: 'write',
        run: async ({ sql }) => {
          await sql.run(putFact.sql, 'cut', 'x');
          const row = await sql.get(backend.sql);
          await postgres.query(server.database, `SELECT pg_terminate_backend(${Number(row?.['pid'])})`);
          await sql.run(putFact.sql, 'cut, too', 'x');
          return null;
        },
      };
      expect(await failureOf(store.run(cut, null))).to.be.instanceOf(StoreError);
      expect(await store.run(query, factNamed('cut'))).to.deep.equal([]);
    });

    it('for a while: every transaction is a StoreError, and the store comes back with it', async () => {
      await Promise.all(Array.from({ length: 20 }, () => store.run(query, backend)));
      await postgres.down();
      for (let i = 0; i < 15; i++) {
        const failure = await failureOf(store.run(execute, { ...putFact, parameters: [`down ${i}`, 'x'] }));
        expect(failure).to.be.instanceOf(StoreError);
        expect(failure.message).to.contain('ECONNREFUSED');
      }
      await postgres.up();
      expect(await store.run(executeAndThrow, { ...putFact, parameters: ['up', 'x'] }).catch(String)).to.contain(
        'thrown on purpose',
      );
      expect(await store.run(execute, { ...putFact, parameters: ['up', 'x'] })).to.equal(1);
    });

    it('before the store is opened: says which and why, without the password', async () => {
      const { message } = await refusal({ port: 1 });
      expect(message).to.equal(
        `cannot open the store postgres://radgate@127.0.0.1:1/${server.database}: connect ECONNREFUSED 127.0.0.1:1`,
      );
    });
  });

  it('is looked at without being changed', async () => {
    const own = postgres.server(await postgres.createDatabase());
    const tables = "SELECT count(*)::int AS count FROM pg_tables WHERE schemaname = 'public'";
    expect(await databaseIsCurrent(own, timeout)).to.equal(false);
    expect(await postgres.query(own.database, tables)).to.deep.equal([{ count: 0 }]);
    await (await PostgresStore.open({ ...own, keyFile: join(dir, 'own'), timeout })).close();
    expect(await databaseIsCurrent(own, timeout)).to.equal(true);
    await postgres.query(own.database, 'UPDATE schema_version SET version = 0');
    expect(await databaseIsCurrent(own, timeout)).to.equal(false);
    expect(await failureOf(databaseIsCurrent({ ...own, port: 1 }, timeout))).to.be.instanceOf(StoreError);
  });

  describe('a session', () => {
    it('is durable as asked, and says who it is', async () => {
      const settings = {
        sql: `SELECT current_setting('synchronous_commit') AS commit, current_setting('application_name') AS name`,
      };
      expect(await store.run(query, settings)).to.deep.equal([{ commit: 'on', name: 'radgate' }]);
      const swift = await PostgresStore.open({ ...server, keyFile, timeout, durability: 'process' });
      expect(await swift.run(query, settings)).to.deep.equal([{ commit: 'off', name: 'radgate' }]);
      await swift.close();
    });

    for (const [title, password, said] of [
      ['wrong', 'hunter2hunter2', 'password authentication failed for user "radgate"'],
      ['missing', undefined, 'the server asks for a password, and [store] has none'],
    ] as const)
      it(`is refused with a password that is ${title}, which is not told`, async () => {
        const failure = await refusal({ password: password === undefined ? undefined : Buffer.from(password) });
        expect(failure.message).to.contain(said);
        expect(inspect(failure, { depth: null, showHidden: true })).not.to.contain('hunter2');
      });

    it('keeps its password to itself', async () => {
      await store.run(query, backend);
      expect(inspect(store, { depth: null }) + JSON.stringify(store)).not.to.contain(postgres.password);
    });
  });
});

peer('postgresql')('store: PostgresStore over TLS', function () {
  this.timeout(30_000);
  const dir = mkdtempSync(join(tmpdir(), 'radgate-tls-'));
  const at = (name: string): string => join(dir, name);
  const openssl = (...args: readonly string[]): Promise<unknown> => succeed(run('openssl', args, { cwd: dir }));
  let postgres: Postgres;
  let server: PostgresServer;

  /** A certificate authority, and a server's certificate of it. */
  const issue = async (name: string, names: string): Promise<void> => {
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
    await openssl(
      'req',
      '-x509',
      ...key,
      '-keyout',
      `${name}-ca.key`,
      '-out',
      `${name}-ca.pem`,
      '-subj',
      `/CN=${name}`,
    );
    const ca = ['-CA', `${name}-ca.pem`, '-CAkey', `${name}-ca.key`, '-addext', `subjectAltName=${names}`];
    await openssl('req', '-x509', ...key, ...ca, '-keyout', `${name}.key`, '-out', `${name}.pem`, '-subj', '/CN=db');
  };
  const open = async (own: Partial<PostgresServer>): Promise<PostgresStore> =>
    PostgresStore.open({ ...server, keyFile: at('key'), timeout: 5_000, ...own });

  before(async () => {
    await issue('right', 'DNS:localhost');
    await issue('other', 'DNS:localhost');
    postgres = await Postgres.start({
      files: {
        'server.crt': readFileSync(at('right.pem'), 'utf8'),
        'server.key': readFileSync(at('right.key'), 'utf8'),
      },
      settings: { fsync: 'off', ssl: 'on', ssl_cert_file: '../server.crt', ssl_key_file: '../server.key' },
    });
    server = { ...postgres.server(await postgres.createDatabase()), host: 'localhost' };
  });
  after(async () => {
    await postgres.remove();
    rmSync(dir, { recursive: true });
  });

  for (const [title, own, encrypted] of [
    ['verify-full: the right authority and name', { sslmode: 'verify-full', sslrootcert: at('right-ca.pem') }, 1],
    [
      'verify-ca: the right authority, whatever the name',
      { sslmode: 'verify-ca', sslrootcert: at('right-ca.pem'), host: '127.0.0.1' },
      1,
    ],
    ['require: TLS with anyone', { sslmode: 'require', host: '127.0.0.1' }, 1],
    ['disable: no TLS', { sslmode: 'disable' }, 0],
  ] as const)
    it(`accepts ${title}`, async () => {
      const store = await open(own);
      const sql = 'SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()';
      expect(await store.run(query, { sql })).to.deep.equal([{ ssl: encrypted }]);
      await store.close();
    });

  for (const [title, own, said] of [
    [
      'verify-full: a name that the certificate has not',
      { sslmode: 'verify-full', sslrootcert: at('right-ca.pem'), host: '127.0.0.1' },
      /IP: 127\.0\.0\.1 is not in the cert's list/,
    ],
    ['verify-full: another authority', { sslmode: 'verify-full', sslrootcert: at('other-ca.pem') }, /certificate/],
    ['verify-ca: another authority', { sslmode: 'verify-ca', sslrootcert: at('other-ca.pem') }, /certificate/],
    ['verify-full: an authority that nobody knows', { sslmode: 'verify-full' }, /certificate/],
    ['verify-full: a file that is not there', { sslmode: 'verify-full', sslrootcert: at('none.pem') }, /none\.pem/],
  ] as const)
    it(`refuses ${title}`, async () => {
      const failure = await failureOf(open(own));
      expect(failure).to.be.instanceOf(OperatorError).with.property('code', 'store-unavailable');
      expect(failure.message).to.match(said);
    });

  it('refuses a server without TLS', async () => {
    const plain = await Postgres.start();
    try {
      const failure = await failureOf(
        open({ ...plain.server('postgres'), sslmode: 'verify-full', sslrootcert: at('right-ca.pem') }),
      );
      expect(failure).to.be.instanceOf(OperatorError).with.property('message').that.contains('does not support SSL');
    } finally {
      await plain.remove();
    }
  });
});
