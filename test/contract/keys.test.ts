import { randomBytes, randomUUID } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { recordChange } from '../../src/audit/record-change.ts';
import { systemClock } from '../../src/clock.ts';
import { OperatorError } from '../../src/errors.ts';
import { hotp } from '../../src/factor/oath.ts';
import { attempt } from '../../src/login/attempt.ts';
import { StoreWaitingLogins } from '../../src/login/waiting-store.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { localKept } from '../../src/primary/local-kept.ts';
import { newKey, readKeyFile, replaceKeyFile } from '../../src/store/key-file.ts';
import { notRestarted } from '../../src/store/not-restarted.ts';
import { countOtherKeys, reseal, resealDigestKey, writeWith } from '../../src/store/rekey.ts';
import { sealKey } from '../../src/store/seal.ts';
import type { Store } from '../../src/store/store.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers, type Database, type RunningDriver } from '../support/store-drivers.ts';
import { addRecoveryCode, execute, query } from '../support/test-transactions.ts';
import { aWaitingLogin } from '../support/a-waiting-login.ts';

const now = Date.UTC(2024, 0, 1, 12);
const pin = 'aB3x';

for (const { name, suite, start } of drivers)
  suite(`contract: change of keys on ${name}`, function () {
    this.timeout(30_000);
    const dirs: string[] = [];
    const opened: Store[] = [];
    let driver: RunningDriver;
    let database: Database;
    let service: Store;
    let old: Buffer;

    before(async () => {
      driver = await start();
    });
    after(async () => {
      await driver.stop();
      for (const dir of dirs) rmSync(dir, { recursive: true });
    });
    beforeEach(async () => {
      const dir = mkdtempSync(join(tmpdir(), 'radgate-keys-'));
      dirs.push(dir);
      database = await driver.database(dir);
      service = await open();
      old = readKeyFile(database.keyFile)?.[0] ?? expect.fail('no key');
    });
    afterEach(async () => {
      await Promise.all(opened.splice(0).map((store) => store.close()));
    });

    const open = async (): Promise<Store> => {
      const store = await database.open();
      opened.push(store);
      return store;
    };
    const codeOf = async (promise: Promise<unknown>): Promise<unknown> =>
      promise.then(
        () => undefined,
        (error: unknown) => (error instanceof OperatorError ? error.code : error),
      );

    interface Enrolled {
      readonly userId: string;
      readonly key: Buffer;
      readonly recovery: string;
      used: number;
    }
    /** Users, each with a token that has a PIN and with recovery codes. */
    const enrol = async (store: Store, count: number): Promise<Enrolled[]> => {
      const users: Enrolled[] = [];
      for (let i = 0; i < count; i++) {
        const userId = await addUser(store, { names: [randomUUID()] });
        const key = randomBytes(20);
        await giveToken(store, { userId, key, pin, type: 'hotp' });
        const recovery = `ABCDEFGH${'ABCDEFGHIJ'[i % 10]}2`;
        await store.run(addRecoveryCode, { userId, code: recovery });
        users.push({ userId, key, recovery, used: 0 });
      }
      return users;
    };
    /** Everyone logs in, with PIN and code. */
    const expectLogins = async (store: Store, users: readonly Enrolled[], when: string): Promise<void> => {
      for (const user of users) {
        const typed = `${pin}${hotp({ key: user.key, algorithm: 'sha1', digits: 6 }, user.used++)}`;
        const input = { ...attemptInput(user.userId, typed, now), methods: ['hotp'] } as const;
        expect((await store.run(attempt, input)).outcome, when).to.equal('accepted');
      }
    };
    const recover = async (store: Store, { userId, recovery }: Enrolled): Promise<string> => {
      const input = { ...attemptInput(userId, recovery, now), methods: ['recovery'] } as const;
      return (await store.run(attempt, input)).outcome;
    };
    const keyIds = async (store: Store): Promise<Set<string>> => {
      const rows = await store.run(query, { sql: 'SELECT secret FROM tokens' });
      return new Set(rows.map(({ secret }) => (secret as Buffer).subarray(1, 9).toString('hex')));
    };

    it('knows the nodes whose service was started before the change, and told of no end', async () => {
      const tell = (command: string, detail: string): Promise<null> =>
        service.run(recordChange, { change: { id: randomUUID(), command, at: now }, detail });
      const left = (): Promise<string[]> => service.run(notRestarted, null);
      await tell('service start', 'version 1, radius.conf');
      expect(await left(), 'no change').to.deep.equal([]);
      const [before] = readKeyFile(database.keyFile) ?? [];
      const next = newKey();
      replaceKeyFile(database.keyFile, [before ?? old, next]);
      await service.run(writeWith, sealKey(next).id);
      expect(await left()).to.deep.equal([hostname()]);
      await tell('service start', 'version 1, radius.conf, worker 2');
      expect(await left(), 'a worker was').to.deep.equal([hostname()]);
      await tell('service stop', 'SIGTERM');
      expect(await left(), 'stopped').to.deep.equal([]);
      await tell('service start', 'version 1, radius.conf');
      expect(await left(), 'started').to.deep.equal([]);
      await service.run(execute, { sql: "DELETE FROM audit WHERE result = 'change'" });
      expect(await left(), 'nobody logged in since').to.deep.equal([]);
      const [user] = await enrol(service, 1);
      await expectLogins(service, user ? [user] : [], 'with a start that the audit has forgotten');
      expect(await left()).to.deep.equal([hostname()]);
    });

    it('goes from one to the other while a service runs on: nobody is refused at any point', async () => {
      const users = await enrol(service, 5);
      const fresh = newKey();
      const { id } = sealKey(fresh);

      replaceKeyFile(database.keyFile, [old, fresh]);
      await expectLogins(service, users, 'two keys in the file');
      await service.run(writeWith, id);
      const other = await open();
      await expectLogins(service, users, 'the other one is to be written with');
      await expectLogins(other, users, 'on a node that was just opened');
      expect(await other.run(countOtherKeys, id), 'five tokens and the key of the digests').to.equal(6);

      await other.run(resealDigestKey, null);
      expect(await other.run(countOtherKeys, id)).to.equal(5);
      expect(await other.run(reseal, { keyId: id, limit: 2 })).to.equal(2);
      await expectLogins(service, users, 'half of it done');
      await expectLogins(other, users, 'half of it done, on the other node');
      expect(await other.run(reseal, { keyId: id, limit: 2 })).to.equal(2);
      expect(await other.run(reseal, { keyId: id, limit: 2 })).to.equal(1);
      expect(await other.run(reseal, { keyId: id, limit: 2 })).to.equal(0);
      expect(await keyIds(other)).to.deep.equal(new Set([id.toString('hex')]));
      expect(await other.run(countOtherKeys, id)).to.equal(0);
      await expectLogins(service, users, 'the running service still reads all');

      const late = await enrol(service, 1);
      expect(await other.run(countOtherKeys, id), 'the running service still writes with the old one').to.equal(1);
      await expectLogins(other, late, 'what it wrote is read');
      expect(await other.run(reseal, { keyId: id, limit: 100 })).to.equal(1);

      replaceKeyFile(database.keyFile, [fresh]);
      const after = await open();
      await expectLogins(after, [...users, ...late], 'with the new key alone');
      for (const user of [...users, ...late]) expect(await recover(after, user)).to.equal('accepted');
      const [first = expect.fail('no users')] = users;
      expect(await recover(after, first), 'a digest is what it was').to.equal('code-used');
    });

    it('a key that came into the file later is found by who meets it', async () => {
      const users = await enrol(service, 2);
      const fresh = newKey();
      replaceKeyFile(database.keyFile, [old, fresh]);
      await service.run(writeWith, sealKey(fresh).id);
      const other = await open();
      await other.run(reseal, { keyId: sealKey(fresh).id, limit: 100 });
      // The service was opened when there was one key.
      await expectLogins(service, users, 'the service reads the file again');
      replaceKeyFile(database.keyFile, [old]);
      const [user] = users;
      const refused = service.run(attempt, attemptInput(user?.userId ?? '', '000000', now));
      expect(await codeOf(refused.then(() => undefined)), 'methods of that attempt are TOTP only').to.equal(undefined);
      const failure = await codeOf(expectLogins(service, users, 'without it'));
      expect(String(failure)).to.match(/under the key [0-9a-f]{16}, which is not in the key file/);
    });

    it('what is kept of passwords goes over too, and what is not kept is no hindrance', async () => {
      const kept = { kind: 'nt-hash', octets: randomBytes(16) } as const;
      const password = { kind: 'password', octets: Buffer.from('in clear') } as const;
      const common = { password: '$scrypt$x' };
      await addUser(service, { names: ['alice'], ...common, kept });
      await addUser(service, { names: ['bob'], ...common, kept: password });
      await addUser(service, { names: ['carol'], ...common });
      const fresh = newKey();
      const { id } = sealKey(fresh);
      replaceKeyFile(database.keyFile, [old, fresh]);
      await service.run(writeWith, id);
      const other = await open();
      await other.run(resealDigestKey, null);
      expect(await other.run(countOtherKeys, id)).to.equal(2);
      expect(await other.run(reseal, { keyId: id, limit: 10 })).to.equal(2);
      expect(await other.run(countOtherKeys, id)).to.equal(0);
      replaceKeyFile(database.keyFile, [fresh]);
      const after = await open();
      const found = (name: string) =>
        after.run(localKept, { name: foldUserName(name) ?? expect.fail(name), realms: undefined });
      expect(await found('alice')).to.deep.equal(kept);
      expect(await found('bob')).to.deep.equal(password);
      expect(await found('carol')).to.deep.equal({ kind: 'nothing' });
    });

    it('the order of the keys in the file does not matter: the store says which one writes', async () => {
      const fresh = newKey();
      replaceKeyFile(database.keyFile, [fresh, old]);
      const other = await open();
      await enrol(other, 1);
      expect(await keyIds(other)).to.deep.equal(new Set([sealKey(old).id.toString('hex')]));
    });

    it('without the key that the store writes with it does not open, whatever else is in the file', async () => {
      replaceKeyFile(database.keyFile, [newKey(), newKey()]);
      expect(await codeOf(database.open())).to.equal('key-wrong');
      replaceKeyFile(database.keyFile, [newKey(), old]);
      await open();
    });

    it('even without a single token the old key is counted as needed until the digests have gone over', async () => {
      const fresh = newKey();
      const { id } = sealKey(fresh);
      replaceKeyFile(database.keyFile, [old, fresh]);
      expect(await service.run(countOtherKeys, sealKey(old).id)).to.equal(0);
      await service.run(writeWith, id);
      const other = await open();
      expect(await other.run(countOtherKeys, id)).to.equal(1);
      await other.run(resealDigestKey, null);
      expect(await other.run(countOtherKeys, id)).to.equal(0);
      replaceKeyFile(database.keyFile, [fresh]);
      await open();
    });

    it('waiting logins are counted, and can be answered on a node with either key', async () => {
      const options = { lifetime: 60_000, max: 100, clock: systemClock, onAbandoned: () => undefined };
      const login = aWaitingLogin;
      const fresh = newKey();
      const { id } = sealKey(fresh);
      const here = new StoreWaitingLogins({ ...options, store: service });
      const binding = randomBytes(32);
      const before = (await here.put(login, binding)) ?? expect.fail('no room');
      replaceKeyFile(database.keyFile, [old, fresh]);
      await service.run(writeWith, id);
      const other = await open();
      await other.run(resealDigestKey, null);
      const there = new StoreWaitingLogins({ ...options, store: other });
      const after = (await there.put(login, binding)) ?? expect.fail('no room');
      expect(await other.run(countOtherKeys, id)).to.equal(1);
      expect(await there.take(before, binding, Buffer.of(1))).to.deep.equal({ kind: 'waiting', login });
      expect(await here.take(after, binding, Buffer.of(1))).to.deep.equal({ kind: 'waiting', login });
      await Promise.all([here.close(), there.close()]);
    });
  });
