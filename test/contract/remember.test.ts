import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { attempt } from '../../src/login/attempt.ts';
import { forgetLogins, maxRemembered, recallLogin, rememberLogin, type Remembered } from '../../src/login/remember.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { unlockUser } from '../../src/store/unlock-user.ts';
import { removeUser } from '../../src/store/users.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { lockoutRules } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { addRecoveryCode, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const minute = 60_000;
const lifetime = 30 * minute;
const lockout = { ...lockoutRules, failures: 3 };
const change = { id: 'c', command: 'user set', at: now };

for (const driver of drivers)
  driver.suite(`contract: remembered devices on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let user: FoldedName;
    let userId: string;

    beforeEach(async () => {
      const userName = randomUUID();
      user = foldUserName(userName) ?? expect.fail('no name');
      userId = await addUser(nodes[0], { names: [userName] });
      await giveToken(nodes[0], { userId, key: randomBytes(20) });
    });

    const about = (own: Partial<Remembered> = {}): Remembered => ({
      userId,
      client: 'vpn',
      device: '02-00-5E-10-00-01',
      lifetime,
      now,
      ...own,
    });
    const remember = (own: Partial<Remembered> = {}) => nodes[0].run(rememberLogin, about(own));
    const recall = (own: Partial<Remembered> = {}): Promise<boolean> => {
      const { audit } = attemptInput(userId, '', now);
      return nodes[1].run(recallLogin, { ...about(own), lockout, block: lifetime, audit });
    };
    const alter = (sql: string): Promise<unknown> => nodes[0].run(execute, { sql, parameters: [userId] });
    const rows = async (columns = '*') =>
      nodes[0].run(query, { sql: `SELECT ${columns} FROM remembered WHERE user_id = '${userId}'` });

    it('the same user, client and device, on every node, until its time is over; and the audit is told', async () => {
      expect(await recall()).to.equal(false);
      await remember();
      expect(await recall()).to.equal(true);
      expect(await recall({ now: now + lifetime - 1 })).to.equal(true);
      const other = await addUser(nodes[0], { names: [randomUUID()] });
      for (const own of [{ client: 'mail' }, { device: '02-00-5E-10-00-02' }, { userId: other }])
        expect(await recall(own), JSON.stringify(own)).to.equal(false);
      const audit = await nodes[0].run(query, {
        sql: `SELECT method, result, reason FROM audit WHERE user_id = '${userId}'`,
      });
      expect(audit).to.deep.equal([1, 2].map(() => ({ method: 'remembered', result: 'accept', reason: 'remembered' })));
      expect(await recall({ now: now + lifetime })).to.equal(false);
      expect(await rows(), 'what is over is gone').to.deep.equal([]);
    });

    it('being remembered makes it no longer; another login with a factor does', async () => {
      await remember();
      expect(await recall({ now: now + 20 * minute })).to.equal(true);
      expect(await recall({ now: now + 40 * minute })).to.equal(false);
      await remember();
      await remember({ now: now + 20 * minute });
      expect(await recall({ now: now + 40 * minute })).to.equal(true);
    });

    it('a shorter time in the config counts at once, a longer one does not', async () => {
      await remember();
      expect(await recall({ now: now + 31 * minute, lifetime: 2 * lifetime })).to.equal(false);
      await remember();
      expect(await recall({ now: now + 11 * minute, lifetime: 10 * minute })).to.equal(false);
    });

    it('no step of the clock makes it last', async () => {
      await remember();
      expect(await recall({ now: now - 30_000 }), 'nodes differ a little').to.equal(true);
      expect(await recall({ now: now - 2 * minute })).to.equal(false);
      expect(await recall(), 'nor once the clock is there again').to.equal(false);
    });

    for (const [what, forget] of [
      ['an unlock', () => nodes[0].run(unlockUser, { user, change })],
      ['a change of the password', () => nodes[0].run(forgetLogins, userId)],
      ['a new token', () => giveToken(nodes[0], { userId, key: randomBytes(20) })],
      ['a token that is removed', () => alter('DELETE FROM tokens WHERE user_id = ?')],
      ['a token that is disabled', () => alter("UPDATE tokens SET state = 'disabled' WHERE user_id = ?")],
      ['recovery codes', () => nodes[0].run(addRecoveryCode, { userId, code: 'ABCDE23456' })],
      ['another phone', () => alter("UPDATE users SET phone = '+33612345600' WHERE id = ?")],
      ['another address', () => alter("UPDATE users SET email = 'a@corp.example' WHERE id = ?")],
      ['another local password', () => alter("UPDATE users SET password = '$scrypt$x' WHERE id = ?")],
    ] as const)
      it(`is forgotten by ${what}`, async () => {
        await remember();
        await forget();
        expect(await recall()).to.equal(false);
        expect(await rows()).to.deep.equal([]);
      });

    it('is forgotten by a reset, and by disabling, enabled again or not', async () => {
      await remember();
      await nodes[0].run(resetUser, { user, change });
      expect(await rows()).to.deep.equal([]);
      await remember();
      for (const disabled of [true, false]) await nodes[0].run(switchUser, { user, disabled, change });
      expect(await recall()).to.equal(false);
    });

    it('is nothing for a user who is locked, or who has reported a login', async () => {
      await remember();
      for (let i = 0; i < 3; i++) await nodes[0].run(attempt, { ...attemptInput(userId, `00000${i}`, now), lockout });
      expect(await recall()).to.equal(false);
      await nodes[0].run(unlockUser, { user, change });
      await remember();
      const report = (until: number): string =>
        `INSERT INTO approval_states (user_id, blocked_until) VALUES (?, ${until})
         ON CONFLICT (user_id) DO UPDATE SET blocked_until = excluded.blocked_until`;
      await alter(report(now + lifetime));
      expect(await recall()).to.equal(false);
      await alter(report(now + 24 * lifetime));
      expect(await recall(), 'the clock was set back').to.equal(true);
    });

    it('nothing is remembered of who was disabled or removed meanwhile', async () => {
      await nodes[0].run(switchUser, { user, disabled: true, change });
      await remember();
      expect(await rows()).to.deep.equal([]);
      await nodes[0].run(removeUser, { id: userId, name: user.folded, change });
      await remember();
      expect(await rows()).to.deep.equal([]);
    });

    it('a user has so many devices at most, the latest; what is over makes room', async () => {
      for (let i = 0; i <= maxRemembered; i++) await remember({ device: `device ${i}`, now: now + i });
      expect(await rows()).to.have.length(maxRemembered);
      expect(await recall({ device: 'device 0' })).to.equal(false);
      expect(await recall({ device: 'device 1' })).to.equal(true);
      await remember({ device: 'another', now: now + 2 * lifetime });
      expect(await rows()).to.have.length(1);
    });

    it('of 16 at once one row is left', async () => {
      await Promise.all(Array.from({ length: 16 }, (_, i) => nodes[i % 2 === 0 ? 0 : 1].run(rememberLogin, about())));
      expect(await rows()).to.have.length(1);
      expect(await recall()).to.equal(true);
    });

    it('keeps no device in clear', async () => {
      await remember();
      const kept = Buffer.from(JSON.stringify(await rows('device'))).toString();
      expect(kept).not.to.contain('5E-10');
      expect(kept).not.to.contain(Buffer.from('02-00-5E').toJSON().data.join(','));
    });
  });
