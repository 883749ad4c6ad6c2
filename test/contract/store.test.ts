import { randomBytes, randomUUID } from 'node:crypto';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { systemClock } from '../../src/clock.ts';
import { OperatorError, type ErrorCode } from '../../src/errors.ts';
import { hotp, timeStep } from '../../src/factor/oath.ts';
import { attempt, type AttemptOutput } from '../../src/login/attempt.ts';
import { StoreWaitingLogins } from '../../src/login/waiting-store.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { identify } from '../../src/store/identify.ts';
import { migrations } from '../../src/store/migrations.ts';
import { StoreError, type Store } from '../../src/store/store.ts';
import { addToken } from '../../src/store/tokens.ts';
import { addUser, type NewUser } from '../../src/store/users.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { addUser as enrol, giveToken } from '../support/scratch-store.ts';
import { drivers, type Database, type Driver } from '../support/store-drivers.ts';
import { execute, executeAndThrow, query } from '../support/test-transactions.ts';
import { aWaitingLogin } from '../support/a-waiting-login.ts';

const largest = Number.MAX_SAFE_INTEGER;

for (const { name, suite, start } of drivers)
  suite(`contract: ${name}`, function () {
    this.timeout(30_000);
    const dirs: string[] = [];
    let driver: Awaited<ReturnType<Driver['start']>>;
    let database: Database;
    /** Two nodes on one database. */
    let one: Store;
    let other: Store;

    const makeDatabase = (): Promise<Database> => {
      const dir = mkdtempSync(join(tmpdir(), 'radgate-contract-'));
      dirs.push(dir);
      return driver.database(dir);
    };

    before(async () => {
      driver = await start();
      database = await makeDatabase();
      one = await database.open();
      other = await database.open();
    });
    after(async () => {
      await Promise.all([one.close(), other.close()]);
      await driver.stop();
      for (const dir of dirs) rmSync(dir, { recursive: true });
    });

    const putFact = { sql: 'INSERT INTO facts (name, value) VALUES (?, ?)' };
    const facts = async (store: Store, prefix: string): Promise<unknown[]> => {
      const rows = await store.run(query, {
        sql: 'SELECT name, value FROM facts WHERE name >= ? AND name < ? ORDER BY name',
        parameters: [prefix, `${prefix}~`],
      });
      return rows.map((row) => row['value']);
    };

    const failuresOf = async (userId: string): Promise<unknown> => {
      const [row] = await one.run(query, {
        sql: 'SELECT failures FROM lockouts WHERE user_id = ?',
        parameters: [userId],
      });
      return row?.['failures'];
    };

    it('keeps what a transaction wrote: another node sees it at once, and so does the next opening', async () => {
      expect(await one.run(execute, { ...putFact, parameters: ['kept', 'yes'] })).to.equal(1);
      expect(await facts(other, 'kept')).to.deep.equal(['yes']);
      const again = await database.open();
      expect(await facts(again, 'kept')).to.deep.equal(['yes']);
      await again.close();
    });

    it('undoes a transaction that throws, alone, and its error reaches the caller', async () => {
      const settled = await Promise.allSettled([
        one.run(execute, { ...putFact, parameters: ['alone-1', '1'] }),
        one.run(executeAndThrow, { ...putFact, parameters: ['alone-2', '2'] }),
        one.run(execute, { ...putFact, parameters: ['alone-3', '3'] }),
      ]);
      expect(settled.map(({ status }) => status)).to.deep.equal(['fulfilled', 'rejected', 'fulfilled']);
      const reason: unknown = settled[1].status === 'rejected' && settled[1].reason;
      expect(reason).to.be.an('error').with.property('message', 'thrown on purpose');
      expect(reason).not.to.be.instanceOf(StoreError);
      expect(await facts(one, 'alone')).to.deep.equal(['1', '3']);
    });

    it('tells a statement that fails as a StoreError, and goes on', async () => {
      await one.run(execute, { ...putFact, parameters: ['twice', '1'] });
      const again = one.run(execute, { ...putFact, parameters: ['twice', '2'] });
      expect(await failureOf(again)).to.be.instanceOf(StoreError);
      expect(await facts(one, 'twice')).to.deep.equal(['1']);
    });

    it('gives octets, numbers, text and nulls back as they were', async () => {
      const octets = Buffer.from(Array.from({ length: 256 }, (_, octet) => octet));
      const id = randomBytes(32);
      const sql = `INSERT INTO waiting_logins (id, boot, expires, binding, owner, state, sealed, answer)
                   VALUES (?, ?, ?, ?, ?, ?, ?, ?)`;
      const text = `"it's" \\ $1 ? ß😀`;
      await one.run(execute, { sql, parameters: [id, text, largest, Buffer.alloc(0), id, '', octets, null] });
      const [row] = await one.run(query, { sql: 'SELECT * FROM waiting_logins WHERE id = ?', parameters: [id] });
      const rest = {
        boot: text,
        expires: largest,
        binding: Buffer.alloc(0),
        owner: id,
        state: '',
        sealed: octets,
        answer: null,
        stage: 'factor',
      };
      expect(row).to.deep.equal({ id, ...rest });
      const negative = { sql: 'UPDATE waiting_logins SET expires = ? WHERE id = ?', parameters: [-largest, id] };
      expect(await one.run(execute, negative)).to.equal(1);
      const sums = `SELECT count(*) AS rows, sum(expires) AS total, max(expires) < 0 AS below, '?' AS mark
                    FROM waiting_logins WHERE id = ?`;
      const [counted] = await one.run(query, { sql: sums, parameters: [id] });
      expect(counted).to.deep.equal({ rows: 1, total: -largest, below: 1, mark: '?' });
      await one.run(execute, { sql: 'DELETE FROM waiting_logins' });

      const userId = await enrol(one, { names: [randomUUID()], failures: largest });
      expect(await failuresOf(userId)).to.equal(largest);
    });

    it('orders text by its octets', async () => {
      for (const value of ['é', 'b', 'Z', 'a', '-'])
        await one.run(execute, { ...putFact, parameters: [`order ${value}`, value] });
      expect(await facts(one, 'order')).to.deep.equal(['-', 'Z', 'a', 'b', 'é']);
    });

    it('answers what was asked before it closes, and nothing after', async () => {
      const node = await database.open();
      const asked = Array.from({ length: 50 }, (_, i) =>
        node.run(execute, { ...putFact, parameters: [`closing ${i}`, 'x'] }),
      );
      await Promise.all([node.close(), node.close()]);
      expect(await Promise.all(asked)).to.deep.equal(asked.map(() => 1));
      expect(await failureOf(node.run(query, { sql: 'SELECT 1' }))).to.be.instanceOf(StoreError);
    });

    /** A user with a token; his attempts, over both nodes in turn, each from another client. */
    const enrolled = async (): Promise<{
      readonly userId: string;
      readonly key: Buffer;
      readonly tryAll: (answers: readonly string[], now: number) => Promise<AttemptOutput[]>;
    }> => {
      const userId = await enrol(one, { names: [randomUUID()] });
      const key = randomBytes(20);
      await giveToken(one, { userId, key });
      return {
        userId,
        key,
        tryAll: (answers, now) =>
          Promise.all(
            answers.map((answer, i) => {
              const input = attemptInput(userId, answer, now);
              const audit = { ...input.audit, client: `vpn${i}` };
              return (i % 2 === 0 ? one : other).run(attempt, { ...input, audit });
            }),
          ),
      };
    };
    const auditOf = (userId: string): Promise<unknown[]> =>
      one.run(query, { sql: 'SELECT reason FROM audit WHERE user_id = ?', parameters: [userId] });

    it('accepts a code exactly once, of 16 clients that race for it on two nodes', async () => {
      for (let round = 0; round < 5; round++) {
        const { userId, key, tryAll } = await enrolled();
        const now = Date.now();
        const code = hotp({ key, algorithm: 'sha1', digits: 6 }, timeStep(now, 30));
        const outcomes = (await tryAll(Array<string>(16).fill(code), now)).map(({ outcome }) => outcome);
        const count = (wanted: string): number => outcomes.filter((outcome) => outcome === wanted).length;
        expect(count('accepted')).to.equal(1);
        // The first one sets the count back, the others are failures up to the limit.
        expect(count('code-used')).to.equal(lockoutRules.failures - 1);
        expect(count('locked')).to.equal(16 - lockoutRules.failures);
        expect(await auditOf(userId)).to.have.length(16);
      }
    });

    it('compares exactly as many wrong codes as the limit, of 1,000 at once on two nodes', async () => {
      const { userId, key, tryAll } = await enrolled();
      const now = Date.now();
      const right = new Set(
        [-1, 0, 1].map((steps) => hotp({ key, algorithm: 'sha1', digits: 6 }, timeStep(now, 30) + steps)),
      );
      const wrong = Array.from({ length: 1_003 }, (_, i) => String(i).padStart(6, '0')).filter(
        (one) => !right.has(one),
      );
      const outputs = await tryAll(wrong.slice(0, 1_000), now);
      const count = (wanted: string): number => outputs.filter(({ outcome }) => outcome === wanted).length;
      // The one that reaches the limit is compared too, and tells that the user is locked now.
      expect(count('code-wrong')).to.equal(lockoutRules.failures - 1);
      expect(count('locked')).to.equal(1_000 - count('code-wrong'));
      expect(await failuresOf(userId)).to.equal(lockoutRules.failures);
      expect(await auditOf(userId)).to.have.length(1_000);
      const [code = ''] = right;
      const [late] = await tryAll([code], now);
      expect(late?.outcome, 'a right code after that').to.equal('locked');
    });

    it('accepts the code of each user once, of 40 users at once', async () => {
      const users = await Promise.all(Array.from({ length: 40 }, enrolled));
      const now = Date.now();
      const outputs = await Promise.all(
        users.map(({ key, tryAll }) => {
          const code = hotp({ key, algorithm: 'sha1', digits: 6 }, timeStep(now, 30));
          return tryAll([code, code], now);
        }),
      );
      for (const both of outputs) {
        const outcomes = both.map(({ outcome }) => outcome).toSorted();
        expect(outcomes).to.deep.equal(['accepted', 'code-used']);
      }
    });

    it('gives a name to one of two users who claim it or one that is alike on two nodes', async () => {
      for (let round = 0; round < 10; round++)
        for (const [mine, yours] of [
          [`same${round}`, `SAME${round}`],
          [`bare${round}@a.example`, `bare${round}@b.example`],
          [`bj\u00f6rn${round}`, `bjorn${round}`],
        ] as const) {
          const claims = [one.run(addUser, newUser(mine)), other.run(addUser, newUser(yours))];
          const settled = await Promise.allSettled(claims);
          expect(settled.map(({ status }) => status).toSorted(), mine).to.deep.equal(['fulfilled', 'rejected']);
        }
    });

    it('gives a key to a user once, of two nodes that give it at once', async () => {
      for (let round = 0; round < 10; round++) {
        const user = newUser(`twin${round}`);
        await one.run(addUser, user);
        const [folded = expect.fail('no name')] = user.names;
        const key = randomBytes(20);
        const token = { user: folded, key, algorithm: 'sha1', digits: 6, period: 30, state: 'active', now: 0 } as const;
        const settled = await Promise.allSettled([
          one.run(addToken, { ...token, id: randomUUID(), name: 'one' }),
          other.run(addToken, { ...token, id: randomUUID(), name: 'other' }),
        ]);
        expect(settled.map(({ status }) => status).toSorted()).to.deep.equal(['fulfilled', 'rejected']);
      }
    });

    it('lets a challenge of one node be answered on the other, once of 16 at once', async () => {
      const options = { lifetime: 60_000, max: 100, clock: systemClock, onAbandoned: () => undefined };
      const here = new StoreWaitingLogins({ ...options, store: one });
      const there = new StoreWaitingLogins({ ...options, store: other });
      const login = aWaitingLogin;
      const binding = randomBytes(32);
      const handle = (await here.put(login, binding)) ?? expect.fail('no room');
      const taken = await Promise.all(
        Array.from({ length: 16 }, (_, i) => (i % 2 === 0 ? there : here).take(handle, binding, Buffer.of(i))),
      );
      const won = taken.filter((each) => each.kind === 'waiting');
      expect(won).to.have.length(1);
      expect(won[0]).to.deep.equal({ kind: 'waiting', login });
      expect(taken.filter((each) => each.kind === 'unknown')).to.have.length(15);
      const answer = Buffer.of(taken.findIndex((each) => each.kind === 'waiting'));
      expect(await there.take(handle, binding, answer)).to.deep.equal({ kind: 'pending' });
      const verdict = { kind: 'accept', outcome: 'accepted', granted: [] } as const;
      await here.settle(handle, verdict);
      expect(await there.take(handle, binding, answer)).to.deep.equal({ kind: 'answered', verdict });
      await Promise.all([here.close(), there.close()]);
    });

    it('brings an empty database up to date once, however many nodes open it at the same time', async () => {
      const empty = await makeDatabase();
      const nodes = await Promise.all(Array.from({ length: 4 }, () => empty.open()));
      const [version, ...more] = await Promise.all(
        nodes.map((node) => node.run(query, { sql: 'SELECT version FROM schema_version' })),
      );
      expect(version).to.deep.equal([{ version: migrations.length }]);
      for (const same of more) expect(same).to.deep.equal(version);
      const [here, there] = nodes;
      if (!here || !there) return expect.fail('no nodes');
      const userId = await enrol(here, { names: ['alice'] });
      const key = randomBytes(20);
      await giveToken(here, { userId, key });
      const now = Date.now();
      const code = hotp({ key, algorithm: 'sha1', digits: 6 }, timeStep(now, 30));
      const output = await there.run(attempt, attemptInput(userId, code, now));
      expect(output, 'what one sealed, another opens').to.deep.equal({ outcome: 'accepted', method: 'totp' });
      const folded = foldUserName('ALICE') ?? expect.fail('no name');
      expect(
        await there.run(identify, { proven: [], asked: folded, realms: undefined, lockout: lockoutRules, now }),
      ).to.deep.include({
        kind: 'known',
        hasDevice: false,
        userId,
      });
      for (const node of nodes) await node.close();
    });

    for (const [title, code, prepare] of [
      [
        'a schema of a later version',
        'store-newer',
        async ({ open }) => {
          const node = await open();
          await node.run(execute, { sql: `UPDATE schema_version SET version = ${migrations.length + 1}` });
          await node.close();
        },
      ],
      ['the key of another store', 'key-wrong', async ({ dir }) => writeKey(dir, 'key', 'ab'.repeat(32))],
      ['a key file that is no key', 'key-unreadable', async ({ dir }) => writeKey(dir, 'key', 'no key')],
      ['a key that is gone', 'key-missing', async ({ dir }) => rmSync(join(dir, 'key'))],
    ] as const satisfies readonly [string, ErrorCode, (database: Database) => Promise<void>][])
      it(`refuses ${title}, and changes nothing`, async () => {
        const made = await makeDatabase();
        await (await made.open()).close();
        await prepare(made);
        const hadKey = existsSync(join(made.dir, 'key'));
        const failure = await failureOf(made.open());
        expect(failure).to.be.instanceOf(OperatorError).with.property('code', code);
        expect(existsSync(join(made.dir, 'key'))).to.equal(hadKey);
      });
  });

function newUser(name: string): NewUser {
  const folded = foldUserName(name) ?? expect.fail(`${name} is no name`);
  const nobody = { password: null, phone: null, email: null };
  return { id: randomUUID(), name, names: [folded], ...nobody, distinct: false, now: 0 };
}

function writeKey(dir: string, name: string, text: string): void {
  writeFileSync(join(dir, name), `${text}\n`, { mode: 0o600 });
}

/** What a promise was rejected with. */
async function failureOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => expect.fail('it succeeded'),
    (error: unknown) => error,
  );
}
