import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { base32 } from '../../src/base32.ts';
import { english } from '../../src/deliver/texts-en.ts';
import { createEnrolments, type Created, type NewEnrolments } from '../../src/enrol/create-enrolments.ts';
import { beginEnrolApp, confirmEnrolApp, type Confirmed } from '../../src/enrol/enrol-app.ts';
import { beginEnrolPhone, confirmEnrolPhone, type BeginPhone, type PhoneBegun } from '../../src/enrol/enrol-phone.ts';
import type { Step } from '../../src/enrol/enrolment.ts';
import { finishEnrolment } from '../../src/enrol/finish-enrolment.ts';
import { reportEnrolment, type UserEnrolment } from '../../src/enrol/report-enrolment.ts';
import { showEnrolment, type OpenEnrolment } from '../../src/enrol/show-enrolment.ts';
import { foldUserName, type FoldedName } from '../../src/policy/user-name.ts';
import { bootId } from '../../src/store/host-time.ts';
import { identify } from '../../src/store/identify.ts';
import { resetUser } from '../../src/store/reset-user.ts';
import type { Row } from '../../src/store/sql.ts';
import { switchUser } from '../../src/store/switch-user.ts';
import { totp, wrongCode } from '../peer/totp.ts';
import { noLimits } from '../support/begin-input.ts';
import { lockoutRules, windows } from '../support/login-rules.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { addUser, giveToken } from '../support/scratch-store.ts';
import { drivers } from '../support/store-drivers.ts';
import { addRecoveryCode, checkTotp, empty, execute, query } from '../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const day = 86_400_000;
const time = { boot: bootId(), now: 1_000_000 };
const change = { id: 'change', command: 'user enrol', at: now };
const named = (name: string): FoldedName => {
  const folded = foldUserName(name);
  if (!folded) throw new Error(`${name} is no name`);
  return folded;
};

for (const driver of drivers)
  driver.suite(`contract: links to register by on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    let userId: string;
    let token: Buffer;

    beforeEach(async () => {
      await nodes[0].run(empty, null);
      userId = await addUser(nodes[0], { names: ['alice'] });
      token = randomBytes(16);
    });

    const create = async (more: Partial<NewEnrolments> = {}, with_ = token): Promise<Created | undefined> => {
      const links = [{ userId, token: with_, mail: null }];
      const input = {
        links,
        existing: 'refuse',
        again: false,
        phones: true,
        expires: now + day,
        time,
        change,
      } as const;
      return (await nodes[0].run(createEnrolments, { ...input, ...more }))[0];
    };
    const step = (more: Partial<Step> = {}): Step => ({ token, now, phones: true, address: '192.0.2.7', ...more });
    const show = (more: Partial<Step> = {}) => nodes[1].run(showEnrolment, step(more));
    const open = async (): Promise<OpenEnrolment> => {
      const shown = await show();
      if (shown.kind !== 'open') throw new Error(`the link is ${JSON.stringify(shown)}`);
      return shown;
    };
    const beginApp = (i: 0 | 1 = 0) =>
      nodes[i].run(beginEnrolApp, { ...step(), id: randomUUID(), key: randomBytes(20) });
    const secret = async (): Promise<string> => {
      const { app } = await open();
      if (app.state !== 'pending') throw new Error(`the app is ${app.state}`);
      return base32(app.key);
    };
    const confirmApp = (code: string, at = now, i: 0 | 1 = 0): Promise<Confirmed> =>
      nodes[i].run(confirmEnrolApp, { ...step({ now: at }), answer: Buffer.from(code), windows });
    const beginPhone = (number: string, code: string, more: Partial<BeginPhone> = {}): Promise<PhoneBegun> =>
      nodes[0].run(beginEnrolPhone, {
        ...step(),
        number,
        code,
        method: 'sms',
        outboxId: randomUUID(),
        lifetime: 300_000,
        time,
        application: 'the VPN',
        rules: noLimits,
        texts: { en: english.message },
        language: 'en',
        ...more,
      });
    const confirmPhone = (code: string, at = now): Promise<Confirmed> =>
      nodes[1].run(confirmEnrolPhone, { ...step({ now: at }), answer: Buffer.from(code), windows });
    const finish = () => nodes[0].run(finishEnrolment, step());
    const rows = (sql: string): Promise<Row[]> => nodes[1].run(query, { sql });
    const reasons = async (): Promise<unknown[]> =>
      (await rows('SELECT reason FROM audit ORDER BY id')).map((row) => row['reason']);
    const tokens = async (): Promise<unknown[]> =>
      (await rows('SELECT name, state FROM tokens ORDER BY name')).map(
        (row) => `${String(row['name'])} ${String(row['state'])}`,
      );
    const phone = async (): Promise<unknown> => (await rows('SELECT phone FROM users'))[0]?.['phone'];

    it('an app that was begun is no factor before its first code: who leaves the page has none', async () => {
      const asked = named('alice');
      const identity = () =>
        nodes[1].run(identify, { proven: [], asked, realms: undefined, lockout: lockoutRules, now });
      await create();
      await beginApp();
      expect(await tokens()).to.deep.equal(['totp pending']);
      expect(await identity()).to.deep.include({ methods: [], enrolled: false });
      // That of an administrator counts before it was ever used: the user is to type it.
      await giveToken(nodes[0], { userId, key: randomBytes(20), type: 'hotp' });
      await nodes[0].run(execute, { sql: "UPDATE tokens SET state = 'pending' WHERE type = 'hotp'" });
      expect(await identity()).to.deep.include({ methods: ['hotp'], enrolled: true });
      await nodes[0].run(execute, { sql: "DELETE FROM tokens WHERE type = 'hotp'" });
      expect(await confirmApp(totp(await secret(), { at: now }))).to.deep.equal({ kind: 'done' });
      expect(await identity()).to.deep.include({ methods: ['totp'], enrolled: true });
    });

    it('a code of an app that was begun counts nowhere but on the page, also beside a token of the user', async () => {
      await giveToken(nodes[0], { userId, key: randomBytes(20), type: 'totp' });
      await create({ existing: 'add' });
      await beginApp();
      const noted = await secret();
      const typed = async (at: number): Promise<string> => {
        const octets = Buffer.from(totp(noted, { at }));
        return (await nodes[1].run(checkTotp, { userId, octets, now: at, windows, loginId: 'a login' })).kind;
      };
      // Also once the link is over.
      for (const at of [now, now + 90 * day]) expect(await typed(at)).to.equal('wrong');
      expect(await confirmApp(totp(noted, { at: now }))).to.deep.equal({ kind: 'done' });
      expect(await typed(now + 60_000)).to.equal('right');
    });

    it('takes a user from the link to an app and a phone, each step told to the audit', async () => {
      expect(await create()).to.equal('created');
      expect(await open()).to.include({ userName: 'alice', expires: now + day });
      expect(await finish()).to.deep.equal({ kind: 'nothing' });
      expect(await beginApp()).to.deep.equal({ kind: 'begun' });
      const first = await secret();
      expect(await beginApp()).to.deep.equal({ kind: 'begun' });
      expect(await secret()).to.equal(first);
      expect(await confirmApp(wrongCode(first))).to.deep.equal({ kind: 'wrong', left: 9 });
      expect(await confirmApp(totp(first, { at: now }))).to.deep.equal({ kind: 'done' });
      expect((await open()).app).to.deep.equal({ state: 'done' });
      expect(await beginPhone('+33 6 12 34 56 12', '123456')).to.deep.equal({
        kind: 'sent',
        target: '+33 ** ** ** 12',
      });
      expect(await phone()).to.equal(null);
      expect(await confirmPhone('654321')).to.include({ kind: 'wrong' });
      expect(await confirmPhone('123 456')).to.deep.equal({ kind: 'done' });
      expect(await phone()).to.equal('+33612345612');
      expect(await finish()).to.deep.equal({
        kind: 'finished',
        language: null,
        app: true,
        device: false,
        phone: '+33 ** ** ** 12',
      });
      expect(await show()).to.deep.equal({ kind: 'gone', why: 'used' });
      expect(await beginApp()).to.deep.equal({ kind: 'gone', why: 'used' });
      expect(await tokens()).to.deep.equal(['totp active']);
      expect(await reasons()).to.deep.equal([
        'user-enrol: shown',
        'enrol-app-begun: totp',
        'enrol-code-wrong',
        'enrol-app-confirmed',
        'enrol-phone-begun: +33 ** ** ** 12',
        'enrol-code-wrong',
        'enrol-phone-confirmed',
        'enrol-finished',
      ]);
    });

    it('opens nothing by another token, past its time, once a newer link is there, or for who is disabled', async () => {
      expect(await show()).to.deep.equal({ kind: 'gone', why: 'unknown' });
      await create();
      expect(await show({ now: now + day })).to.deep.equal({ kind: 'gone', why: 'expired' });
      expect(await show({ now: now + day - 1 })).to.include({ kind: 'open' });
      await beginApp();
      expect(await create()).to.equal('open');
      expect(await create({ again: true }, randomBytes(16))).to.equal('created');
      expect(await show()).to.deep.equal({ kind: 'gone', why: 'unknown' });
      // What the earlier link had begun would otherwise be asked for at a login.
      expect(await tokens()).to.deep.equal([]);
      await create({ again: true });
      await nodes[0].run(switchUser, { user: named('alice'), disabled: true, change });
      await nodes[0].run(switchUser, { user: named('alice'), disabled: false, change });
      expect(await show()).to.deep.equal({ kind: 'gone', why: 'unknown' });
    });

    it('ends with a reset, also halfway', async () => {
      await create();
      await beginApp();
      const key = await secret();
      await nodes[0].run(resetUser, { user: named('alice'), change });
      expect(await confirmApp(totp(key, { at: now }))).to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await beginPhone('+33612345612', '123456')).to.deep.equal({ kind: 'gone', why: 'unknown' });
      expect(await tokens()).to.deep.equal([]);
      expect(await rows('SELECT 1 FROM outbox')).to.deep.equal([]);
    });

    it('ends after too many wrong codes of all kinds, however many come at once', async () => {
      await create();
      await beginApp();
      const key = await secret();
      await beginPhone('+33612345612', '123456');
      const tries = await Promise.all(
        Array.from({ length: 20 }, (_, i) =>
          i % 2 === 0 ? confirmApp(wrongCode(key, i), now, 1) : confirmPhone(String(200_000 + i)),
        ),
      );
      expect(tries.filter(({ kind }) => kind === 'wrong')).to.have.lengthOf(9);
      expect(await show()).to.deep.equal({ kind: 'gone', why: 'too-often' });
      expect(await confirmPhone('123456')).to.deep.equal({ kind: 'gone', why: 'too-often' });
      expect([await phone(), await tokens()]).to.deep.equal([null, []]);
      expect((await reasons()).filter((reason) => reason === 'enrol-too-often')).to.have.lengthOf(1);
    });

    it('makes one token and confirms it once, however many pages are open', async () => {
      await create();
      const begun = await Promise.all(Array.from({ length: 8 }, (_, i) => beginApp(i % 2 === 0 ? 0 : 1)));
      expect(new Set(begun.map(({ kind }) => kind))).to.deep.equal(new Set(['begun']));
      expect(await tokens()).to.deep.equal(['totp pending']);
      const code = totp(await secret(), { at: now });
      const confirmed = await Promise.all(
        Array.from({ length: 8 }, (_, i) => confirmApp(code, now, i % 2 === 0 ? 0 : 1)),
      );
      expect(new Set(confirmed.map(({ kind }) => kind))).to.deep.equal(new Set(['done']));
      expect((await reasons()).filter((reason) => reason === 'enrol-app-confirmed')).to.have.lengthOf(1);
    });

    it('makes one open link for a user to whom two are given at once', async () => {
      const made = await Promise.all(
        Array.from({ length: 8 }, (_, i) =>
          nodes[i % 2 === 0 ? 0 : 1].run(createEnrolments, {
            links: [{ userId, token: randomBytes(16), mail: null }],
            existing: 'refuse',
            again: true,
            phones: true,
            expires: now + day,
            time,
            change,
          }),
        ),
      );
      expect(made.flat()).to.deep.equal(Array.from({ length: 8 }, () => 'created'));
      expect(await rows('SELECT 1 FROM enrolments')).to.have.lengthOf(1);
    });

    describe('a user who has a second factor', () => {
      const give = () => giveToken(nodes[0], { id: 'old', userId, key: Buffer.alloc(20, 7) });

      it('gets no link unasked, and one from before does nothing any more', async () => {
        await create();
        await beginApp();
        const key = await secret();
        await give();
        expect(await show()).to.deep.equal({ kind: 'has-factor', userName: 'alice', language: null });
        expect(await confirmApp(totp(key, { at: now }))).to.include({ kind: 'has-factor' });
        expect(await beginPhone('+33612345612', '123456')).to.include({ kind: 'has-factor' });
        expect(await create({ again: true })).to.equal('has-factor');
        expect(await tokens()).to.deep.equal(['old active', 'totp pending']);
      });

      it('is one whose token is disabled or expired, and not one who has recovery codes alone', async () => {
        await nodes[0].run(addRecoveryCode, { userId, code: 'ABCDE23456' });
        expect(await create()).to.equal('created');
        await give();
        for (const set of ["state = 'disabled'", `state = 'active', valid_until = ${now}`]) {
          await nodes[0].run(execute, { sql: `UPDATE tokens SET ${set}` });
          expect(await create({ again: true }), set).to.equal('has-factor');
          expect(await show(), set).to.include({ kind: 'has-factor' });
        }
      });

      it('is one whose number is known, where codes go to phones', async () => {
        await nodes[0].run(execute, { sql: "UPDATE users SET phone = '+33612345699'" });
        expect(await create()).to.equal('has-factor');
        expect(await create({ phones: false })).to.equal('created');
        expect(await show()).to.include({ kind: 'has-factor' });
        expect(await show({ phones: false })).to.include({ kind: 'open' });
      });

      it('keeps it with "add": the number too, since there is one at most', async () => {
        await give();
        await nodes[0].run(execute, { sql: "UPDATE users SET phone = '+33612345699'" });
        await create({ existing: 'add' });
        await beginApp();
        expect(await confirmApp(totp(await secret(), { at: now }))).to.deep.equal({ kind: 'done' });
        expect(await beginPhone('+33612345612', '123456')).to.deep.equal({ kind: 'kept' });
        expect((await open()).phone).to.deep.equal({ state: 'kept' });
        expect(await tokens()).to.deep.equal(['old active', 'totp active']);
      });

      it('loses it with "replace" once the new one has proven itself, and by no code of the old one', async () => {
        await give();
        await nodes[0].run(execute, { sql: "UPDATE users SET phone = '+33612345699'" });
        await create({ existing: 'replace' });
        await beginApp();
        const oldCode = totp(base32(Buffer.alloc(20, 7)), { at: now });
        expect(await confirmApp(oldCode)).to.include({ kind: 'wrong' });
        expect(await tokens()).to.deep.equal(['old active', 'totp pending']);
        await confirmApp(totp(await secret(), { at: now }));
        expect(await tokens()).to.deep.equal(['totp active']);
        await beginPhone('+33612345612', '123456');
        expect(await phone()).to.equal('+33612345699');
        await confirmPhone('123456');
        expect(await phone()).to.equal('+33612345612');
      });
    });

    it('takes the code of the number that was typed last, once and in its time', async () => {
      await create();
      await beginPhone('+33612345601', '111111');
      await beginPhone('+33612345602', '222222', { method: 'voice' });
      expect(await confirmPhone('111111')).to.include({ kind: 'wrong' });
      await beginPhone('+33612345603', '333333');
      expect(await confirmPhone('222222')).to.include({ kind: 'wrong' });
      expect(await confirmPhone('333333', now + 300_000)).to.include({ kind: 'wrong' });
      expect(await confirmPhone('333333', now + 299_999)).to.deep.equal({ kind: 'done' });
      expect(await phone()).to.equal('+33612345603');
    });

    it('sends nothing to who has reported a login, for as long as that holds', async () => {
      await create();
      await nodes[0].run(execute, {
        sql: 'INSERT INTO approval_states (user_id, blocked_until) VALUES (?, ?)',
        parameters: [userId, now + 60_000],
      });
      expect(await beginPhone('+33612345612', '123456')).to.deep.equal({ kind: 'limited' });
      expect((await reasons()).at(-1)).to.equal('enrol-limited: blocked');
      expect(await beginPhone('+33612345612', '123456', { now: now + 60_000 })).to.include({ kind: 'sent' });
    });

    it('sends nothing to what is no number or not allowed, nor more than the limits', async () => {
      await create();
      expect(await beginPhone('0612345612', '123456')).to.deep.equal({ kind: 'invalid' });
      expect(await beginPhone('+8823456789', '123456', { rules: { ...noLimits, deny: ['+88'] } })).to.deep.equal({
        kind: 'not-allowed',
      });
      const rules = { ...noLimits, limits: { ...noLimits.limits, user: [{ most: 1, window: 600_000 }] } };
      expect(await beginPhone('+33612345612', '123456', { rules })).to.include({ kind: 'sent' });
      expect(await beginPhone('+33612345613', '654321', { rules })).to.include({ kind: 'limited' });
      expect((await reasons()).at(-1)).to.equal('enrol-limited: user');
      expect(await rows('SELECT 1 FROM outbox')).to.have.lengthOf(1);
      // The number that was refused took nothing's place.
      await confirmPhone('123456');
      expect(await phone()).to.equal('+33612345612');
    });

    it('reports who has what, page by page', async () => {
      await addUser(nodes[0], { names: ['bob'] });
      await create();
      await beginApp();
      const report = (more: object = {}): Promise<readonly UserEnrolment[]> =>
        nodes[0].run(reportEnrolment, {
          group: null,
          missing: false,
          phones: true,
          after: null,
          limit: 10,
          now,
          ...more,
        });
      const [alice, bob] = await report();
      expect(alice).to.deep.include({ name: 'alice', active: 0, pending: 1, phone: false, recoveryCodes: 0 });
      expect(alice?.link).to.deep.equal({ created: now, expires: now + day, used: null });
      expect(bob).to.deep.include({ name: 'bob', pending: 0, link: null });
      expect((await report({ after: alice })).map(({ name }) => name)).to.deep.equal(['bob']);
      await confirmApp(totp(await secret(), { at: now }));
      await finish();
      expect((await report({ missing: true })).map(({ name }) => name)).to.deep.equal(['bob']);
      expect((await report({ limit: 1 }))[0]?.link?.used).to.equal(now);
      expect(await report({ group: 'none' })).to.deep.equal([]);
    });

    it('reports what cannot be used, of whom it leaves nothing in use', async () => {
      const only = async (more: object = {}): Promise<UserEnrolment | undefined> => {
        const filter = { group: null, phones: true, after: null, limit: 10, now, missing: true };
        return (await nodes[1].run(reportEnrolment, { ...filter, ...more }))[0];
      };
      await giveToken(nodes[0], { id: 'old', userId, key: Buffer.alloc(20, 7) });
      expect(await only()).to.equal(undefined);
      for (const set of [
        "state = 'disabled'",
        `state = 'active', valid_until = ${now}`,
        `state = 'pending', valid_from = ${now + 1}, valid_until = NULL`,
      ]) {
        await nodes[0].run(execute, { sql: `UPDATE tokens SET ${set}` });
        expect(await only(), set).to.include({ active: 0, pending: 0, unusable: 1 });
      }
      expect(await only({ now: now + 1 })).to.include({ active: 0, pending: 1, unusable: 0 });
      await nodes[0].run(addRecoveryCode, { userId, code: 'ABCDE23456' });
      expect(await only()).to.include({ recoveryCodes: 1, usedRecoveryCodes: 0 });
      await nodes[0].run(execute, { sql: 'UPDATE recovery_codes SET used_at = 0' });
      expect(await only()).to.include({ recoveryCodes: 0, usedRecoveryCodes: 1 });
    });

    it('queues one mail for each link that it makes', async () => {
      const envelope = { to: 'a@x.example', extension: null, text: 'link', subject: 's', code: '', language: 'en' };
      const mail = (): NewEnrolments['links'] => [
        { userId, token: randomBytes(16), mail: { id: randomUUID(), target: 'a****@x.example', envelope } },
      ];
      expect(await create({ links: mail() })).to.equal('created');
      expect(await create({ links: mail() })).to.equal('open');
      const [row, ...more] = await rows('SELECT method, target, state, valid_until - due AS life FROM outbox');
      expect(row).to.deep.equal({ method: 'email', target: 'a****@x.example', state: 'queued', life: day });
      expect(more).to.deep.equal([]);
    });
  });
