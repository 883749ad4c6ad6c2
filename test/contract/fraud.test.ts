import { expect } from 'chai';
import type { AuditRow } from '../../src/audit/audit.ts';
import { findFraud, type Fraud } from '../../src/audit/find-fraud.ts';
import { record } from '../../src/audit/record.ts';
import { auditRow } from '../support/audit-rows.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { empty, execute } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 9, 15, 12);
const minute = 60_000;
const hour = 60 * minute;

for (const driver of drivers)
  driver.suite(`contract: what looks like fraud, on ${driver.name}`, function () {
    this.timeout(30_000);
    const [store] = nodesOn(driver).nodes;

    beforeEach(() => store.run(empty, null));

    const write = (userName: string, reason: string, row: Partial<AuditRow> = {}): Promise<null> =>
      store.run(
        record,
        auditRow(now, { userName, reason, result: 'reject', callingStationId: '198.51.100.7', ...row }),
      );
    const find = (since = now - minute, until = now + minute, limit = 10): Promise<Fraud> =>
      store.run(findFraud, { since, until, limit, lockout: lockoutRules, block: hour, now });

    it('is nothing where logins go as they should', async () => {
      await write('alice', 'accepted', { result: 'accept' });
      await write('alice', 'password-wrong');
      await write('bob', 'password-wrong');
      expect(await find()).to.deep.equal({ reported: [], blocks: [], guesses: [], sprays: [] });
    });

    it('is what users reported, the newest first, within the period', async () => {
      const fraud = { result: 'answer', method: 'approval' } as const;
      await write('alice', 'approval-fraud', fraud);
      await write('bob', 'approval-fraud', { ...fraud, at: now + 1 });
      await write('carol', 'approval-fraud', { ...fraud, at: now - 2 * minute });
      await write('dave', 'approval-given', fraud);
      expect((await find()).reported.map(({ userName }) => userName)).to.deep.equal(['bob', 'alice']);
      expect((await find(now - minute, now + minute, 1)).reported.map(({ userName }) => userName)).to.deep.equal([
        'bob',
      ]);
    });

    it('is who is locked, paused, or has reported a login, and until when', async () => {
      await addUser(store, { id: 'u1', names: ['alice'], failures: lockoutRules.failures });
      await addUser(store, { id: 'u2', names: ['bob'], failures: 1 });
      await addUser(store, { id: 'u3', names: ['carol'], failures: 1 });
      const paused = "UPDATE lockouts SET paused_until = ? WHERE user_id = 'u2'";
      await store.run(execute, { sql: paused, parameters: [now + minute] });
      const reported = "INSERT INTO approval_states (user_id, blocked_until) VALUES ('u3', ?), ('u1', ?)";
      await store.run(execute, { sql: reported, parameters: [now + 2 * minute, now - 1] });
      // Both were begun before the clock was set back.
      await addUser(store, { id: 'u4', names: ['dave'], failures: 1 });
      const ended = "UPDATE lockouts SET paused_until = ? WHERE user_id = 'u4'";
      await store.run(execute, { sql: ended, parameters: [now + 24 * hour] });
      const past = "INSERT INTO approval_states (user_id, blocked_until) VALUES ('u4', ?)";
      await store.run(execute, { sql: past, parameters: [now + 24 * hour] });
      expect((await find()).blocks).to.deep.equal([
        { user: 'carol', what: 'reported', until: now + 2 * minute },
        { user: 'alice', what: 'locked', until: null },
        { user: 'bob', what: 'paused', until: now + minute },
      ]);
    });

    it('is guesses at codes, and how many of them were beyond the limits', async () => {
      for (let i = 0; i < 3; i++) await write('CORP\\alice', 'code-wrong', { result: 'challenge', at: now + i });
      await write('alice', 'locked', { callingStationId: null });
      await write('alice', 'enrol-limited: total', { callingStationId: null });
      await write('bob', 'code-wrong', { device: '198.51.100.9' });
      expect((await find()).guesses).to.deep.equal([
        { user: 'alice', count: 5, overLimit: 2, origins: 2, last: now + 2 },
        { user: 'bob', count: 1, overLimit: 0, origins: 1, last: now },
      ]);
    });

    it('is one address from which the passwords of several are tried', async () => {
      for (const name of ['a', 'b', 'c', 'd']) await write(name, 'password-wrong', { callingStationId: '203.0.113.9' });
      await write('a', 'password-wrong');
      expect((await find()).sprays).to.deep.equal([{ origin: '203.0.113.9', count: 4, users: 4, last: now }]);
    });
  });
