import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { hotp, timeStep } from '../../src/factor/oath.ts';
import { resyncToken } from '../../src/factor/resync.ts';
import { attempt } from '../../src/login/attempt.ts';
import { useBypass } from '../../src/login/use-bypass.ts';
import type { Method } from '../../src/policy/decide.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { identify } from '../../src/store/identify.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import type { Row } from '../../src/store/sql.ts';
import type { Store } from '../../src/store/store.ts';
import { attemptInput } from '../support/attempt-input.ts';
import { lockoutRules, windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { addRecoveryCode, checkHotp, checkRecovery, checkTotp, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const racers = 16;
/** So that no answer is taken for the retry of a device, and no racer is locked out. */
const lockout = { ...lockoutRules, failures: 100, repeatWindow: 0 };

for (const driver of drivers)
  driver.suite(`contract: factors on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let userName: string;
    let userId: string;
    let key: Buffer;

    beforeEach(async () => {
      userName = randomUUID();
      userId = await addUser(nodes[0], { names: [userName] });
      key = randomBytes(20);
    });

    const node = (i: number): Store => nodes[i % 2 === 0 ? 0 : 1];
    const codeAt = (counter: number): string => hotp({ key, algorithm: 'sha1', digits: 6 }, counter);
    const answer = async (i: number, typed: string, methods: readonly Method[], at = now): Promise<string> => {
      const input = { ...attemptInput(userId, typed, at), methods, lockout };
      return (await node(i).run(attempt, input)).outcome;
    };
    const race = <T>(each: (i: number) => Promise<T>): Promise<T[]> =>
      Promise.all(Array.from({ length: racers }, (_, i) => each(i)));
    const expectOneAccepted = (outcomes: readonly string[]): void => {
      expect(outcomes.toSorted()).to.deep.equal(['accepted', ...Array<string>(racers - 1).fill('code-used')]);
    };
    const rowOf = async (sql: string): Promise<Row> => {
      const [row] = await nodes[1].run(query, { sql, parameters: [userId] });
      return row ?? expect.fail('no row');
    };

    it('HOTP: of 16 clients with one code one is let in, and the counter is moved once', async () => {
      await giveToken(nodes[0], { userId, key, type: 'hotp', counter: 7 });
      for (const ahead of [0, 4, 10]) {
        const { counter } = await rowOf('SELECT counter FROM tokens WHERE user_id = ?');
        const outcomes = await race((i) => answer(i, codeAt(Number(counter) + ahead), ['hotp']));
        expectOneAccepted(outcomes);
        expect(await rowOf('SELECT counter FROM tokens WHERE user_id = ?')).to.deep.equal({
          counter: Number(counter) + ahead + 1,
        });
      }
    });

    it('HOTP: of 16 clients with 16 codes in a row the counter ends behind the highest, and none is let in twice', async () => {
      await giveToken(nodes[0], { userId, key, type: 'hotp' });
      const outcomes = await race((i) => answer(i, codeAt(i % 8), ['hotp']));
      expect(outcomes.filter((outcome) => outcome === 'accepted').length).to.be.within(1, 8);
      const again = await race((i) => answer(i, codeAt(i % 8), ['hotp']));
      expect(again).not.to.include('accepted');
      expect(await rowOf('SELECT counter FROM tokens WHERE user_id = ?')).to.deep.equal({ counter: 8 });
    });

    it('TOTP: of 16 clients with one code one is let in, and the drift is learned once', async () => {
      await giveToken(nodes[0], { userId, key });
      const step = timeStep(now, 30);
      expectOneAccepted(await race((i) => answer(i, codeAt(step + 1), ['totp'])));
      expect(await rowOf('SELECT drift, last_step FROM tokens WHERE user_id = ?')).to.deep.equal({
        drift: 1,
        last_step: step + 1,
      });
    });

    it('recovery: of 16 clients with one code one is let in', async () => {
      for (const code of ['ABCDE23456', 'FGHIJ23456']) await nodes[0].run(addRecoveryCode, { userId, code });
      expectOneAccepted(await race((i) => answer(i, i % 3 === 0 ? 'abcde-23456' : 'ABCDE23456', ['recovery'])));
      expect(await answer(1, 'fghij-23456', ['recovery'])).to.equal('accepted');
    });

    it('the marks alone let one of 16 in, without the lock that a login takes first', async () => {
      const step = timeStep(now, 30);
      for (let round = 0; round < 5; round++) {
        const own = await addUser(nodes[0], { names: [randomUUID()] });
        await giveToken(nodes[0], { userId: own, key });
        await giveToken(nodes[0], { userId: own, key, type: 'hotp' });
        await nodes[0].run(addRecoveryCode, { userId: own, code: 'ABCDE23456' });
        for (const [check, typed] of [
          [checkTotp, codeAt(step)],
          [checkHotp, codeAt(3)],
          [checkRecovery, 'ABCDE23456'],
        ] as const) {
          const input = { userId: own, octets: Buffer.from(typed), now, windows, loginId: 'l' };
          const kinds = (await race((i) => node(i).run(check, input))).map(({ kind }) => kind);
          expect(kinds.toSorted(), check.name).to.deep.equal(['right', ...Array<string>(racers - 1).fill('used')]);
        }
      }
    });

    it('several methods: an answer is held against all, and counts once', async () => {
      await giveToken(nodes[0], { userId, key, pin: 'aB3\u00e4' });
      await giveToken(nodes[0], { userId, key: randomBytes(20), type: 'hotp' });
      await nodes[0].run(addRecoveryCode, { userId, code: 'ABCDE23456' });
      const name = foldUserName(userName) ?? expect.fail('no name');
      const identity = await nodes[1].run(identify, { proven: [], asked: name, realms: undefined, lockout, now });
      expect(identity).to.deep.include({ methods: ['totp', 'hotp', 'recovery'], lock: 'open', bypassId: null });
      expect(await answer(0, '00000', ['totp', 'hotp', 'recovery'])).to.equal('code-wrong');
      expect(await rowOf('SELECT failures FROM lockouts WHERE user_id = ?')).to.deep.equal({ failures: 1 });
      const typed = `aB3\u00e4${codeAt(timeStep(now, 30))}`;
      expect(await answer(1, typed, ['totp', 'hotp', 'recovery'])).to.equal('accepted');
    });

    it('who has a token in any state, a phone that approves or a used recovery code is enrolled, until a reset', async () => {
      const name = foldUserName(userName) ?? expect.fail('no name');
      const told = async (): Promise<unknown> => {
        const identity = await nodes[1].run(identify, { proven: [], realms: undefined, asked: name, lockout, now });
        return identity.kind === 'known' ? [identity.enrolled, identity.methods] : identity.kind;
      };
      const reset = (): Promise<unknown> =>
        nodes[0].run(resetUser, { user: name, change: { id: randomUUID(), command: 'user reset', at: now } });
      const set = async (columns: string): Promise<void> => {
        await nodes[0].run(execute, { sql: `UPDATE tokens SET ${columns} WHERE user_id = ?`, parameters: [userId] });
      };
      expect(await told()).to.deep.equal([false, []]);
      await giveToken(nodes[0], { userId, key });
      expect(await told()).to.deep.equal([true, ['totp']]);
      for (const columns of [
        "state = 'disabled'",
        `state = 'active', valid_until = ${now}`,
        `valid_until = NULL, valid_from = ${now + 1}`,
      ]) {
        await set(columns);
        expect(await told(), columns).to.deep.equal([true, []]);
      }
      await reset();
      expect(await told()).to.deep.equal([false, []]);

      await nodes[0].run(addRecoveryCode, { userId, code: 'ABCDE23456' });
      expect(await told()).to.deep.equal([true, ['recovery']]);
      expect(await answer(0, 'ABCDE23456', ['recovery'])).to.equal('accepted');
      expect(await told()).to.deep.equal([true, []]);
      await reset();
      expect(await told()).to.deep.equal([false, []]);

      await nodes[0].run(execute, {
        sql: "INSERT INTO devices (id, user_id, name, public_key, created_at) VALUES (?, ?, 'Pixel', ?, 0)",
        parameters: [randomUUID(), userId, Buffer.alloc(65, 4)],
      });
      expect(await told()).to.deep.equal([true, []]);
      await reset();
      expect(await told()).to.deep.equal([false, []]);
    });

    it('tells the same of a user by his whole name, by it without its domain, and with his groups', async () => {
      const whole = `corp\\${userName}-d`;
      const id = await addUser(nodes[0], { names: [whole] });
      await giveToken(nodes[0], { userId: id, key, type: 'hotp' });
      await nodes[0].run(addRecoveryCode, { userId: id, code: 'ABCDE23456' });
      await nodes[0].run(execute, {
        sql: 'INSERT INTO user_groups (user_id, name) VALUES (?, ?)',
        parameters: [id, 'vpn'],
      });
      const known = { kind: 'known', userId: id, methods: ['hotp', 'recovery'], hasDevice: false, lock: 'open' };
      for (const typed of [whole, `${userName}-d`])
        for (const wantsGroups of [false, true]) {
          const asked = foldUserName(typed) ?? expect.fail('no name');
          const found = await nodes[1].run(identify, {
            proven: [],
            asked,
            realms: undefined,
            lockout,
            now,
            wantsGroups,
          });
          expect(found, typed).to.deep.include({ ...known, groups: wantsGroups ? ['vpn'] : [] });
        }
    });

    it('of names in realms those alone are one user that are in the same, whole or without the domain', async () => {
      const [ours, theirs, alone] = [`${userName}-r`, `${userName}-r@partner.example`, `${userName}-s\u00e9`];
      const own = await addUser(nodes[0], { names: [ours] });
      const partners = await addUser(nodes[0], { names: [theirs, `${userName}-r@sub.partner.example`] });
      const eve = await addUser(nodes[0], { names: [`${alone}@partner.example`] });
      const kin = { suffix: 'kin.example', primary: 'nps' };
      const realms = { realms: [{ suffix: 'partner.example', primary: 'partner' }, kin], primary: 'nps' };
      const who = async (asked: string, ...proven: string[]): Promise<string> => {
        const [name, ...names] = [asked, ...proven].map((one) => foldUserName(one) ?? expect.fail(one));
        const found = await nodes[1].run(identify, { proven: names, asked: name, realms, lockout, now });
        return found.kind === 'known' ? found.userId : found.kind;
      };
      for (const typed of [ours, `corp\\${ours}`, `${ours}@corp.example`])
        expect(await who(typed), typed).to.equal(own);
      for (const typed of [theirs, `partner.example\\${ours}`, `${ours.toUpperCase()}@x.partner.example`])
        expect(await who(typed), typed).to.equal(partners);
      expect(await who(`nobody@partner.example`, theirs, `partner.example/${ours}`)).to.equal(partners);
      expect(await who(`${alone}@partner.example`)).to.equal(eve);
      expect(await who(alone)).to.equal('unknown');
      expect(await who(alone.replace('\u00e9', 'e'))).to.equal('unknown');
      expect(await who(`partner.example\\${alone.replace('\u00e9', 'e')}`)).to.equal('lookalike');
      // One primary checks both: what it takes for one user is not taken for nobody.
      expect(await who(`${ours}@kin.example`)).to.equal('lookalike');
      await addUser(nodes[0], { names: [`${userName}-r@eu.partner.example`] });
      expect(await who(theirs)).to.equal(partners);
      expect(await who(`partner.example\\${ours}`)).to.equal('ambiguous');
      expect(await who(`${ours}@corp.example`)).to.equal(own);
    });

    it('a right code ends the count of approvals that nobody answered, and there may be none', async () => {
      await giveToken(nodes[0], { userId, key });
      expect(await answer(0, codeAt(timeStep(now, 30) - 1), ['totp'])).to.equal('accepted');
      const sql = 'INSERT INTO approval_states (user_id, unanswered) VALUES (?, 2)';
      await nodes[0].run(execute, { sql, parameters: [userId] });
      expect(await answer(1, codeAt(timeStep(now, 30)), ['totp'])).to.equal('accepted');
      expect(await rowOf('SELECT unanswered FROM approval_states WHERE user_id = ?')).to.deep.equal({ unanswered: 0 });
    });

    it('the same wrong code at once from one client is counted once, from 16 clients 16 times', async () => {
      await giveToken(nodes[0], { userId, key });
      const own = { ...lockout, repeatWindow: 10_000 };
      const guess = (i: number, client: string): Promise<unknown> => {
        const input = attemptInput(userId, '00000', now);
        return node(i).run(attempt, { ...input, lockout: own, audit: { ...input.audit, client } });
      };
      await race((i) => guess(i, 'vpn'));
      expect(await rowOf('SELECT failures FROM lockouts WHERE user_id = ?')).to.deep.equal({ failures: 1 });
      await race((i) => guess(i, `vpn${i}`));
      expect(await rowOf('SELECT failures FROM lockouts WHERE user_id = ?')).to.deep.equal({ failures: 17 });
    });

    it('a pause that one node began holds on the other', async () => {
      await giveToken(nodes[0], { userId, key });
      const own = { ...lockout, pauseAfter: 2 };
      const guess = async (i: number, typed: string, at = now): Promise<string> =>
        (await node(i).run(attempt, { ...attemptInput(userId, typed, at), lockout: own })).outcome;
      expect([await guess(0, '00000'), await guess(1, '00001')]).to.deep.equal(['code-wrong', 'paused']);
      const right = codeAt(timeStep(now + 300_000, 30));
      expect(await guess(0, right, now + 299_999)).to.equal('paused');
      const name = foldUserName(userName) ?? expect.fail('no name');
      expect(
        await nodes[0].run(identify, { proven: [], asked: name, realms: undefined, lockout: own, now }),
      ).to.deep.include({
        lock: 'paused',
      });
      expect(await guess(1, right, now + 300_000)).to.equal('accepted');
    });

    it('a bypass: of 16 logins one gets it', async () => {
      const sql = 'INSERT INTO bypasses (id, user_id, reason, created_at, valid_until) VALUES (?, ?, ?, ?, ?)';
      const id = randomUUID();
      await nodes[0].run(execute, { sql, parameters: [id, userId, 'new phone', now, now + 1_000] });
      const name = foldUserName(userName) ?? expect.fail('no name');
      expect(
        await nodes[1].run(identify, { proven: [], asked: name, realms: undefined, lockout, now }),
      ).to.deep.include({ bypassId: id });
      const { audit } = attemptInput(userId, '', now);
      const used = await race((i) => node(i).run(useBypass, { id, userId, now, audit }));
      expect(used.filter(Boolean)).to.have.length(1);
      const audited = await nodes[0].run(query, {
        sql: 'SELECT method, reason FROM audit WHERE user_id = ?',
        parameters: [userId],
      });
      expect(audited).to.deep.equal([{ method: 'bypass', reason: 'bypass-used' }]);
    });

    for (const type of ['totp', 'hotp'] as const)
      it(`resynchronisation of ${type}: of 16 with one pair of codes one finds it`, async () => {
        const tokenId = await giveToken(nodes[0], { userId, key, type });
        const first = type === 'totp' ? timeStep(now, 30) + 6 : 50;
        const input = { tokenId, type, first: codeAt(first), second: codeAt(first + 1), now };
        const results = await race((i) => node(i).run(resyncToken, input));
        expect(results.filter(({ found }) => found)).to.have.length(1);
      });

    it('resynchronisation at the prompt: of 16 with the second code one is let in', async () => {
      await giveToken(nodes[0], { userId, key, type: 'hotp' });
      const own = { windows: { ...windows, resyncAtPrompt: true }, lockout, methods: ['hotp'] } as const;
      const guess = async (i: number, counter: number): Promise<string> =>
        (await node(i).run(attempt, { ...attemptInput(userId, codeAt(counter), now), ...own })).outcome;
      expect(await guess(0, 50)).to.equal('code-wrong');
      expectOneAccepted(await race((i) => guess(i + 1, 51)));
    });
  });
