import { expect } from 'chai';
import type { Change } from '../../../src/audit/change.ts';
import { OperatorError } from '../../../src/errors.ts';
import { hotp } from '../../../src/factor/oath.ts';
import { replaceRecoveryCodes } from '../../../src/factor/recovery-codes.ts';
import { attempt } from '../../../src/login/attempt.ts';
import type { Method } from '../../../src/policy/decide.ts';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';
import { cancelBypass, grantBypass } from '../../../src/store/bypasses.ts';
import { identify } from '../../../src/store/identify.ts';
import { resetUser } from '../../../src/store/reset-user.ts';
import type { Row } from '../../../src/store/sql.ts';
import { switchUser } from '../../../src/store/switch-user.ts';
import { unlockUser } from '../../../src/store/unlock-user.ts';
import { showUser } from '../../../src/store/users.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { lockoutRules } from '../../support/login-rules.ts';
import { sharedStore } from '../../support/shared-store.ts';

const now = Date.UTC(2024, 0, 1, 12);
const key = Buffer.alloc(20, 1);
const code = hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000);
const change: Change = { id: 'c1', command: 'user test', at: now };
const fold = (name: string): FoldedName => foldUserName(name) ?? expect.fail(`${name} is no user name`);
const user = fold('CORP\\Alice');
const codes = ['AAAAABBBBB', 'CCCCC22222'];

async function refusal(promise: Promise<unknown>): Promise<string> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(OperatorError);
  return (error as OperatorError).code;
}

describe('store: what a help desk does for a user', () => {
  const stored = sharedStore();
  const run: typeof stored.scratch.store.run = (transaction, input) => stored.scratch.store.run(transaction, input);
  let userId: string;
  beforeEach(async () => {
    userId = await stored.scratch.addUser({ names: ['alice'] });
    await stored.scratch.addUser({ names: ['bob'] });
    await stored.scratch.addToken({ userId, key });
  });

  const answer = async (typed: string, methods: readonly Method[] = ['totp', 'recovery'], at = now): Promise<string> =>
    (await run(attempt, { ...attemptInput(userId, typed, at), methods })).outcome;
  const changes = async (): Promise<unknown[]> =>
    (await stored.scratch.query("SELECT user_name, reason FROM audit WHERE result = 'change' ORDER BY id")).map(
      ({ user_name: name, reason }) => [name, reason],
    );
  const identity = async (at = now): Promise<unknown> =>
    run(identify, { proven: [], asked: fold('alice'), realms: undefined, lockout: lockoutRules, now: at });
  const pending = (): Promise<Row[]> => stored.scratch.query('SELECT reason FROM bypasses WHERE used_at IS NULL');

  describe('resetUser', () => {
    beforeEach(async () => {
      await run(replaceRecoveryCodes, { user, codes, change });
      await run(grantBypass, { id: 'b', user, reason: 'lost', seconds: 60, change });
      await stored.scratch.execute('DELETE FROM audit');
    });

    it('takes every factor away, and tells how many and the audit', async () => {
      expect(await run(resetUser, { user, change })).to.deep.equal({
        name: 'alice',
        tokens: 1,
        recoveryCodes: 2,
        bypasses: 1,
        appPasswords: 0,
        devices: 0,
      });
      expect(await identity())
        .to.include({ bypassId: null })
        .and.have.property('methods')
        .that.deep.equals([]);
      expect(await changes()).to.deep.equal([['alice', 'user-test']]);
    });

    it('ends challenges that are open: neither the code nor a recovery code answers them any more', async () => {
      await run(resetUser, { user, change });
      expect(await answer(code)).to.equal('not-enrolled');
      expect(await answer(codes[0] ?? '')).to.equal('not-enrolled');
    });

    it('and without it they would have been answered', async () => {
      expect(await answer(code)).to.equal('accepted');
      expect(await answer(codes[0] ?? '')).to.equal('accepted');
    });

    it('forgets wrong codes and leaves others alone', async () => {
      const bob = (await run(showUser, fold('bob'))).id;
      await stored.scratch.addToken({ id: 'of bob', userId: bob, key: Buffer.alloc(20, 2) });
      for (const factor of [userId, bob])
        await stored.scratch.execute(
          "INSERT OR REPLACE INTO lockouts (user_id, factor, failures) VALUES (?, 'code', 10)",
          factor,
        );
      await run(resetUser, { user, change });
      expect((await run(showUser, user)).failures).to.equal(0);
      const left = await run(showUser, fold('bob'));
      expect([left.failures, left.tokens.length]).to.deep.equal([10, 1]);
    });

    it('refuses whom it does not know', async () => {
      expect(await refusal(run(resetUser, { user: fold('carl'), change }))).to.equal('not-found');
    });
  });

  describe('unlockUser', () => {
    it('clears wrong codes and the wait, and tells what there was', async () => {
      await stored.scratch.execute(
        `INSERT INTO lockouts (user_id, factor, failures, paused_until, last_client, last_at) VALUES (?, 'code', 7, ?, 'vpn', ?)`,
        userId,
        now + 60_000,
        now,
      );
      expect(await identity()).to.have.property('lock', 'paused');
      expect(await answer(code)).to.equal('paused');
      expect(await run(unlockUser, { user, change })).to.deep.equal({
        name: 'alice',
        failures: 7,
        pausedUntil: now + 60_000,
      });
      expect(await identity()).to.have.property('lock', 'open');
      expect(await answer(code)).to.equal('accepted');
      expect(await run(unlockUser, { user, change })).to.include({ failures: 0, pausedUntil: null });
      expect(await changes()).to.deep.equal([
        ['alice', 'user-test'],
        ['alice', 'user-test'],
      ]);
    });

    it('tells of a user who never mistyped', async () => {
      expect(await run(unlockUser, { user, change })).to.deep.equal({ name: 'alice', failures: 0, pausedUntil: null });
    });
  });

  describe('replaceRecoveryCodes', () => {
    it('keeps digests alone; each code is good once, and void once they are replaced', async () => {
      expect(await run(replaceRecoveryCodes, { user, codes, change })).to.equal('alice');
      const rows = await stored.scratch.query('SELECT digest FROM recovery_codes');
      expect(rows).to.have.length(2);
      for (const { digest } of rows) expect(digest).to.be.instanceOf(Buffer).with.length(32);
      expect(await answer('aaaaa-bbbbb')).to.equal('accepted');
      expect(await answer('aaaaa-bbbbb')).to.equal('code-used');
      expect((await run(showUser, user)).recoveryCodes).to.equal(1);
      await run(replaceRecoveryCodes, { user, codes: ['DDDDD33333'], change });
      expect((await run(showUser, user)).recoveryCodes).to.equal(1);
      expect(await answer(codes[1] ?? '', ['recovery'], now + 60_000)).to.equal('code-wrong');
      expect(await answer('DDDDD33333')).to.equal('accepted');
      expect(await changes()).to.have.length(2);
    });

    it('gives the same code to two users, of whom each can use only the own', async () => {
      await run(replaceRecoveryCodes, { user: fold('bob'), codes, change });
      expect(await answer(codes[0] ?? '')).to.equal('code-wrong');
    });
  });

  describe('grantBypass and cancelBypass', () => {
    it('grants one for so many seconds, with its reason in the audit; a new one replaces it', async () => {
      await run(grantBypass, { id: 'b1', user, reason: 'lost phone', seconds: 300, change });
      expect(await identity()).to.have.property('bypassId', 'b1');
      expect(await identity(now + 299_999)).to.have.property('bypassId', 'b1');
      expect(await identity(now + 300_000)).to.have.property('bypassId', null);
      await run(grantBypass, { id: 'b2', user, reason: 'again', seconds: 1, change });
      expect(await pending()).to.deep.equal([{ reason: 'again' }]);
      expect((await run(showUser, user)).bypass).to.deep.equal({ reason: 'again', validUntil: now + 1000 });
      expect(await changes()).to.deep.equal([
        ['alice', 'user-test: 300 s, lost phone'],
        ['alice', 'user-test: 1 s, again'],
      ]);
    });

    it('grants none to who is disabled', async () => {
      expect(await run(switchUser, { user, disabled: true, change })).to.equal('alice');
      expect(await refusal(run(grantBypass, { id: 'b', user, reason: 'x', seconds: 9, change }))).to.equal('refused');
      await run(switchUser, { user, disabled: false, change });
      await run(grantBypass, { id: 'b', user, reason: 'x', seconds: 9, change });
    });

    it('takes back what waits, and tells if nothing does', async () => {
      expect(await run(cancelBypass, { user, change })).to.deep.equal({ name: 'alice', cancelled: false });
      await run(grantBypass, { id: 'b1', user, reason: 'x', seconds: 9, change });
      expect(await run(cancelBypass, { user, change })).to.deep.equal({ name: 'alice', cancelled: true });
      expect(await identity()).to.have.property('bypassId', null);
      await run(grantBypass, { id: 'b2', user, reason: 'x', seconds: 9, change });
      const late = { ...change, at: now + 9000 };
      expect(await run(cancelBypass, { user, change: late })).to.deep.equal({ name: 'alice', cancelled: false });
    });
  });
});
