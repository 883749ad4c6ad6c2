import { randomBytes, randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { english } from '../../../src/deliver/texts-en.ts';
import { showEnrolment } from '../../../src/enrol/show-enrolment.ts';
import {
  enrolmentLifetime,
  enrolmentPause,
  sendEnrolment,
  type SendEnrolmentInput,
  type SendEnrolmentOutput,
} from '../../../src/login/send-enrolment.ts';
import { bootId } from '../../../src/store/host-time.ts';
import { Code, Type, valuesOfType } from '../../peer/packet-bytes.ts';
import { aPolicy } from '../../support/a-policy.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { noLimits } from '../../support/begin-input.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { provenAsAsked } from '../../support/primary-requests.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { addRecoveryCode } from '../../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);

describe('login/send-enrolment, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['bob'] });
    await scratch.execute("UPDATE users SET email = 'bob@corp.example' WHERE id = ?", userId);
  });

  const send = (own: Partial<SendEnrolmentInput> = {}): Promise<SendEnrolmentOutput> =>
    scratch.store.run(sendEnrolment, {
      userId,
      lack: 'not-enrolled',
      token: randomBytes(16),
      outboxId: randomUUID(),
      url: 'https://mfa.example',
      issuer: 'Corp',
      phones: false,
      now,
      time: { boot: bootId(), now: 1_000_000 },
      rules: noLimits,
      texts: { en: english.notice },
      language: 'en',
      directory: undefined,
      order: ['store', 'directory'],
      audit: { ...attemptInput(userId, '', now).audit, rule: 'roll-out' },
      ...own,
    });
  const audited = (): Promise<unknown> => scratch.query('SELECT result, reason, rule, user_id FROM audit ORDER BY id');
  const mails = (): Promise<unknown> =>
    scratch.query("SELECT method, target, state FROM outbox WHERE state = 'queued'");

  it('mails a link that opens the page, and tells the audit that the login was refused', async () => {
    const token = randomBytes(16);
    const sent = await send({ token });
    expect(sent).to.include({ kind: 'sent' });
    expect(await mails()).to.deep.equal([
      { method: 'email', target: (sent as { target: string }).target, state: 'queued' },
    ]);
    expect(await audited()).to.deep.equal([
      { result: 'reject', reason: 'enrolment-sent', rule: 'roll-out', user_id: userId },
    ]);
    const step = { token, now: now + enrolmentLifetime - 1, phones: false, address: '192.0.2.7' };
    const page = await scratch.store.run(showEnrolment, step);
    expect(page).to.include({ kind: 'open', userName: 'bob' });
    expect(await scratch.store.run(showEnrolment, { ...step, now: now + enrolmentLifetime })).to.include({
      kind: 'gone',
      why: 'expired',
    });
  });

  it('sends one in an hour, of many logins at once too; a later one ends the one before', async () => {
    const kinds = (await Promise.all(Array.from({ length: 8 }, () => send()))).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'sent')).to.have.length(1);
    expect(kinds.filter((kind) => kind === 'open')).to.have.length(7);
    expect(await send({ now: now + enrolmentPause - 1 })).to.deep.equal({ kind: 'open' });
    expect(await send({ now: now + enrolmentPause })).to.include({ kind: 'sent' });
    expect(await scratch.query('SELECT user_id FROM enrolments')).to.have.length(1);
    // A clock that was set back a day makes nobody wait for a day.
    expect(await send({ now: now - enrolmentLifetime })).to.include({ kind: 'sent' });
  });

  it('sends nothing beyond the limits, and says what the login lacks', async () => {
    const limits = { ...noLimits.limits, user: [{ most: 1, window: 24 * 3_600_000 }] };
    const rules = { ...noLimits, limits };
    expect(await send({ rules })).to.include({ kind: 'sent' });
    const later = { rules, now: now + enrolmentPause, lack: 'method-missing' } as const;
    expect(await send(later)).to.deep.equal({ kind: 'refused', why: 'limited' });
    expect(await scratch.row('SELECT reason FROM audit ORDER BY id DESC LIMIT 1')).to.deep.equal({
      reason: 'method-missing',
    });
  });

  it('goes where the directory says, if the store knows nothing', async () => {
    await scratch.execute('UPDATE users SET email = NULL');
    expect(await send()).to.deep.equal({ kind: 'refused', why: 'no-target' });
    expect(await send({ directory: { phones: [], emails: ['bob@directory.example'] } })).to.include({ kind: 'sent' });
  });

  it('is not for who has a factor, is disabled, or has reported a login', async () => {
    await scratch.execute(
      'INSERT INTO approval_states (user_id, unanswered, blocked_until) VALUES (?, 0, ?)',
      userId,
      now + 1,
    );
    expect(await send()).to.deep.equal({ kind: 'refused', why: 'blocked' });
    await scratch.execute('UPDATE approval_states SET blocked_until = ?', now + 365 * 86_400_000);
    expect(await send({ phones: true }), 'the clock was set back').to.include({ kind: 'sent' });
    await scratch.execute('DELETE FROM enrolments');
    await scratch.execute("UPDATE users SET phone = '+33612345612'");
    expect(await send({ phones: true })).to.deep.equal({ kind: 'refused', why: 'has-factor' });
    expect(await send({ phones: false })).to.include({ kind: 'sent' });
    await scratch.addToken({ userId, key: randomBytes(20) });
    expect(await send({ now: now + enrolmentPause })).to.deep.equal({ kind: 'refused', why: 'has-factor' });
    await scratch.execute("UPDATE tokens SET state = 'disabled'");
    expect(await send({ now: now + enrolmentPause })).to.deep.equal({ kind: 'refused', why: 'has-factor' });
    // Nobody has shown to have one that waits for its first code.
    await scratch.execute("UPDATE tokens SET state = 'pending'");
    expect(await send({ now: now + enrolmentPause })).to.include({ kind: 'sent' });
    await scratch.store.run(addRecoveryCode, { userId, code: 'ABCDE23456' });
    await scratch.execute('UPDATE recovery_codes SET used_at = 0');
    expect(await send({ now: now + 2 * enrolmentPause })).to.deep.equal({ kind: 'refused', why: 'has-factor' });
    await scratch.execute('UPDATE users SET disabled = 1');
    expect(await send({ now: now + enrolmentPause })).to.deep.equal({ kind: 'refused', why: 'disabled' });
  });
});

describe('login: unenrolled = "link"', () => {
  const shared = sharedStore();
  let scene: IntakeScene;
  let queued: number;
  beforeEach(async () => {
    queued = 0;
    scene = await IntakeScene.open(shared.scratch, {
      policies: [{ ...aPolicy('require'), name: 'roll-out', ways: ['app'], unenrolled: 'link' }],
      sending: { onQueued: () => queued++ },
    });
    const userId = await shared.scratch.addUser({ names: ['bob'] });
    await shared.scratch.execute("UPDATE users SET email = 'bob@corp.example' WHERE id = ?", userId);
  });
  afterEach(() => scene.close());

  it('refuses in plain words, once the password was right', async () => {
    scene.primary.answers(() => ({ kind: 'bad', relayed: undefined, reason: 'password-wrong' }));
    await scene.ask({ user: 'bob' });
    expect(queued).to.equal(0);
    scene.primary.answers(() => provenAsAsked());
    const reply = await scene.ask({ user: 'bob' });
    expect(reply.code).to.equal(Code.accessReject);
    expect(valuesOfType(reply, Type.replyMessage).map(String).join('')).to.match(
      /^You have no second factor for this login yet\. A link to register one was mailed to b.*@.*: open it, then log in again\.$/,
    );
    expect(queued).to.equal(1);
    await scene.ask({ user: 'bob' });
    expect(queued).to.equal(1);
    expect(await scene.audited()).to.deep.equal([
      'reject password-wrong',
      'reject enrolment-sent',
      'reject enrolment-open',
    ]);
    expect(scene.logged({ reason: 'enrolment-sent', rule: 'roll-out' })).to.have.length(1);
  });
});
