import { expect } from 'chai';
import type { AuditRow } from '../../src/audit/audit.ts';
import { countDenials } from '../../src/audit/count-denials.ts';
import { countMessages } from '../../src/audit/count-messages.ts';
import { countUsage } from '../../src/audit/count-usage.ts';
import { findSubject, type Subject } from '../../src/audit/find-subject.ts';
import { listRows, type NumberedRow, type PageInput } from '../../src/audit/list-rows.ts';
import { record } from '../../src/audit/record.ts';
import { OperatorError } from '../../src/errors.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { purgeOutbox } from '../../src/store/purge-outbox.ts';
import type { SqlValue } from '../../src/store/sql.ts';
import { removeUser } from '../../src/store/users.ts';
import { auditRow, everyRow } from '../support/audit-rows.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { empty, execute } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 9, 15, 12);
const minute = 60_000;
const anyTime = { since: 0, until: 2 * now };

for (const driver of drivers)
  driver.suite(`contract: reports on ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;

    beforeEach(() => store.run(empty, null));

    const write = (row: Partial<AuditRow>): Promise<null> => store.run(record, auditRow(now, row));
    const list = (input: Partial<PageInput> = {}): Promise<readonly NumberedRow[]> =>
      store.run(listRows, { ...everyRow, ...input });
    const loginsOf = async (input: Partial<PageInput> = {}): Promise<string[]> =>
      (await list(input)).map(({ loginId }) => loginId);
    const subjectOf = (name: string): Promise<Subject> => {
      const folded = foldUserName(name);
      if (!folded) throw new Error(`${name} is no user name`);
      return store.run(findSubject, folded);
    };
    const message = (id: string, more: Readonly<Record<string, SqlValue>> = {}): Promise<number> => {
      const row = { id, method: 'sms', state: 'sent', provider: 'gateway', user_id: null, created_at: now, ...more };
      const took = row.state === 'sent' ? 1_500 : -1_500;
      const parameters = [
        row.id,
        row.method,
        row.state,
        row.provider,
        row.user_id,
        row.created_at,
        row.created_at + took,
      ];
      return store.run(execute, {
        sql: `INSERT INTO outbox (id, method, state, provider, user_id, created_at, finished_at, target, client, boot, due, valid_until)
              VALUES (?, ?, ?, ?, ?, ?, ?, '+33 ** 12', 'vpn', 'b', 0, 0)`,
        parameters,
      });
    };

    it('give every row once, the newest first, however small the pages are and however many share a moment', async () => {
      for (let i = 0; i < 23; i++) await write({ loginId: `l${i}`, at: now + Math.floor(i / 5) * minute });
      const whole = await list();
      expect(whole.map(({ loginId }) => loginId)).to.deep.equal(Array.from({ length: 23 }, (_, i) => `l${22 - i}`));
      for (const limit of [1, 2, 5, 7, 23]) {
        const paged: NumberedRow[] = [];
        for (;;) {
          const page = await list({ limit, after: paged.at(-1) ?? null });
          if (page.length === 0) break;
          paged.push(...page);
        }
        expect(paged, `${limit} a page`).to.deep.equal(whole);
      }
    });

    it('filter by client, time, result, reason and method, all at once too; changes only if wanted', async () => {
      await write({ loginId: 'right', method: 'totp' });
      await write({ loginId: 'other', client: 'wifi', at: now + minute, method: 'sms' });
      await write({ loginId: 'wrong', result: 'reject', reason: 'password-wrong', at: now + 2 * minute });
      await write({ loginId: 'change', result: 'change', reason: 'user-set', at: now + 3 * minute });
      expect(await loginsOf()).to.deep.equal(['change', 'wrong', 'other', 'right']);
      expect(await loginsOf({ changes: false })).to.deep.equal(['wrong', 'other', 'right']);
      expect(await loginsOf({ client: 'wifi' })).to.deep.equal(['other']);
      expect(await loginsOf({ result: 'reject' })).to.deep.equal(['wrong']);
      expect(await loginsOf({ reason: 'accepted' })).to.deep.equal(['other', 'right']);
      await write({ loginId: 'limited', result: 'reject', reason: 'enrol-limited: user', at: now + 4 * minute });
      await write({ loginId: 'too', result: 'reject', reason: 'enrol-limited-too', at: now + 5 * minute });
      expect(await loginsOf({ reason: 'enrol-limited' }), 'whatever follows its name').to.deep.equal(['limited']);
      expect(await loginsOf({ method: 'totp' })).to.deep.equal(['right']);
      expect(await loginsOf({ since: now + minute, until: now + 2 * minute })).to.deep.equal(['other']);
      const both = { client: 'vpn', result: 'accept', reason: 'accepted', method: 'totp', since: now, until: now + 1 };
      expect(await loginsOf(both)).to.deep.equal(['right']);
      expect(await loginsOf({ ...both, method: "totp' OR '1'='1" })).to.deep.equal([]);
    });

    it("find a user's rows by any alias, and those of wrong passwords, which came to no user", async () => {
      await addUser(store, { id: 'u1', names: ['alice', 'a.smith@corp.example'] });
      await addUser(store, { id: 'u2', names: ['bob'] });
      await write({ loginId: 'hers', userId: 'u1' });
      await write({ loginId: 'typed', userName: 'CORP\\\\ALICE', at: now + 1 });
      await write({ loginId: 'noise', userName: 'CORP\\ALICE', at: now + 2 });
      await write({ loginId: 'alias', userName: 'A.Smith', at: now + 3 });
      await write({ loginId: 'bob', userId: 'u2', userName: 'bob', at: now + 4 });
      for (const name of ['alice', 'ALICE', 'A.SMITH@corp.example', 'CORP\\alice']) {
        const subject = await subjectOf(name);
        expect(subject).to.deep.equal({ userId: 'u1', name: 'alice', bare: ['a.smith', 'alice'] });
        expect(await loginsOf({ subject })).to.deep.equal(['alias', 'noise', 'hers']);
        expect(await loginsOf({ subject, limit: 1, after: (await list({ subject }))[0] ?? null })).to.deep.equal([
          'noise',
        ]);
      }
    });

    it("still find a removed user's rows by the name; nobody is not found", async () => {
      const change = { id: 'c1', command: 'user remove', at: now + 1 };
      await addUser(store, { id: 'u1', names: ['alice'] });
      await write({ loginId: 'hers', userId: 'u1' });
      await store.run(removeUser, { id: 'u1', name: 'alice', change });
      const subject = await subjectOf('Alice');
      expect(subject).to.deep.equal({ userId: null, name: 'alice', bare: ['alice'] });
      expect(await loginsOf({ subject })).to.deep.equal(['c1', 'hers']);
      const unknown = await subjectOf('mallory').catch((error: unknown) => error);
      expect(unknown).to.be.instanceOf(OperatorError).with.property('code', 'not-found');
    });

    it('do not choose between two users of one name', async () => {
      await addUser(store, { id: 'u1', names: ['alice@one.example'] });
      await addUser(store, { id: 'u2', names: ['alice@two.example'] });
      await write({});
      const error = await subjectOf('alice').catch((thrown: unknown) => thrown);
      expect(error).to.be.instanceOf(OperatorError).with.property('code', 'not-found');
      expect((await subjectOf('alice@two.example')).userId).to.equal('u2');
    });

    it('count each user who was let in once, and logins by method, within the period alone', async () => {
      await write({ userId: 'u1', method: 'totp' });
      await write({ userId: 'u1', method: 'sms', at: now + minute });
      await write({ userId: 'u2', method: 'totp', at: now + minute });
      await write({ userName: 'Carol', reason: 'factor-not-required', at: now + minute });
      await write({ userName: 'carol', reason: 'factor-not-required', at: now + minute });
      await write({ userId: 'u3', result: 'reject', reason: 'code-wrong-last', at: now + minute });
      // Nobody's login.
      await write({ userName: '#ACSACL#-IP-staff', method: 'acl', reason: 'acl-downloaded', at: now + minute });
      const usage = await store.run(countUsage, anyTime);
      expect(usage.users).to.equal(3);
      expect(usage.accepted).to.have.deep.members([
        { method: null, count: 2 },
        { method: 'sms', count: 1 },
        { method: 'totp', count: 2 },
      ]);
      expect(await store.run(countUsage, { since: now, until: now + minute })).to.deep.equal({
        users: 1,
        accepted: [{ method: 'totp', count: 1 }],
      });
      expect(await store.run(countUsage, { since: 0, until: now })).to.deep.equal({ users: 0, accepted: [] });
    });

    it('count messages by channel, provider and state, and the same after they are purged or their user is removed', async () => {
      await addUser(store, { id: 'u1', names: ['alice'] });
      await message('m1', { user_id: 'u1' });
      await message('m2');
      await message('m3', { created_at: now + 15 * minute, provider: null, state: 'failed' });
      await message('m4', { method: 'email', provider: 'mail' });
      await message('m5', { created_at: now + 30 * minute });
      const period = { since: now, until: now + 30 * minute };
      const counted = [
        { channel: 'email', provider: 'mail', state: 'sent', count: 1, took: 1_500 },
        { channel: 'sms', provider: '-', state: 'failed', count: 1, took: 0 },
        { channel: 'sms', provider: 'gateway', state: 'sent', count: 2, took: 3_000 },
      ];
      expect(await store.run(countMessages, period)).to.deep.equal(counted);
      const change = { id: 'c1', command: 'user remove', at: now };
      await store.run(removeUser, { id: 'u1', name: 'alice', change });
      expect(await store.run(countMessages, period)).to.deep.equal(counted);
      await addUser(store, { id: 'u2', names: ['bob'] });
      await message('m6', { user_id: 'u2', created_at: now - 15 * minute, provider: null, state: 'queued' });
      await store.run(removeUser, { id: 'u2', name: 'bob', change });
      expect(await store.run(countMessages, { since: now - 15 * minute, until: now })).to.deep.equal([
        { channel: 'sms', provider: '-', state: 'abandoned', count: 1, took: 0 },
      ]);
      for (let left = 3; left > 0; left--)
        expect(await store.run(purgeOutbox, { wall: now + 20 * minute, keep: 0, limit: 1 })).to.equal(1);
      expect(await store.run(purgeOutbox, { wall: now + 20 * minute, keep: 0, limit: 1 })).to.equal(0);
      expect(await store.run(countMessages, period)).to.deep.equal(counted);
      expect(await store.run(countMessages, { since: now + 15 * minute, until: now + 30 * minute })).to.deep.equal([
        { channel: 'sms', provider: '-', state: 'failed', count: 1, took: 0 },
      ]);
    });

    it('count what was not let in by reason, name and address, the most frequent first', async () => {
      const wrong = { result: 'reject', reason: 'password-wrong' } as const;
      await write({ ...wrong, callingStationId: '198.51.100.7' });
      await write({ ...wrong, userName: 'Bob', callingStationId: '198.51.100.7', at: now + 1 });
      await write({ ...wrong, userName: 'bob', at: now + 2 });
      await write({ result: 'challenge', reason: 'code-wrong', userId: 'u1', at: now + 3 });
      await write({ result: 'silence', reason: 'challenge-unanswered', at: now + 4 });
      await write({ at: now + 5 });
      await write({ result: 'change', reason: 'user-set', at: now + 5 });
      expect(await store.run(countDenials, { ...anyTime, limit: 1 })).to.deep.equal({
        total: 5,
        reasons: [
          { what: 'password-wrong', count: 3, spread: 2, last: now + 2 },
          { what: 'challenge-unanswered', count: 1, spread: 1, last: now + 4 },
          { what: 'code-wrong', count: 1, spread: 1, last: now + 3 },
        ],
        users: [{ what: 'alice', count: 3, spread: 2, last: now + 4 }],
        origins: [{ what: '192.0.2.1', count: 3, spread: 2, last: now + 4 }],
      });
      expect((await store.run(countDenials, { since: now + 5, until: now + 9, limit: 1 })).total).to.equal(0);
    });
  });
