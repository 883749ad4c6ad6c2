import { expect } from 'chai';
import { useBypass } from '../../../src/login/use-bypass.ts';
import { foldUserName } from '../../../src/policy/user-name.ts';
import { identify } from '../../../src/store/identify.ts';
import { Code, Type, valuesOfType, type RawPacket } from '../../peer/packet-bytes.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { IntakeScene } from '../../support/intake-scene.ts';
import { lockoutRules } from '../../support/login-rules.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';

const now = Date.UTC(2024, 0, 1, 12);
const insert = 'INSERT INTO bypasses (id, user_id, reason, created_at, valid_until) VALUES (?, ?, ?, ?, ?)';

describe('login/use-bypass, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['alice'] });
  });

  const grant = (id: string, until = now + 300_000): Promise<number> =>
    scratch.execute(insert, id, userId, 'phone left at home', now, until);
  const use = (id: string, at = now): Promise<boolean> =>
    scratch.store.run(useBypass, { id, userId, now: at, audit: attemptInput(userId, '', at).audit });
  const pending = async (at = now): Promise<unknown> => {
    const name = foldUserName('ALICE') ?? expect.fail('no name');
    const identity = await scratch.store.run(identify, {
      proven: [],
      asked: name,
      realms: undefined,
      lockout: lockoutRules,
      now: at,
    });
    return identity.kind === 'known' && identity.bypassId;
  };
  const audited = (): Promise<unknown> => scratch.query('SELECT method, result, reason, user_id FROM audit');

  it('is good once, and tells the audit', async () => {
    await grant('b1');
    expect(await pending()).to.equal('b1');
    expect(await use('b1', now + 5)).to.equal(true);
    expect(await pending()).to.equal(null);
    expect(await use('b1', now + 6)).to.equal(false);
    expect(await scratch.row('SELECT used_at FROM bypasses')).to.deep.equal({ used_at: now + 5 });
    expect(await audited()).to.deep.equal([
      { method: 'bypass', result: 'accept', reason: 'bypass-used', user_id: userId },
    ]);
  });

  it('ends with its time, to the millisecond', async () => {
    await grant('b1', now + 1_000);
    expect(await pending(now + 999)).to.equal('b1');
    expect(await pending(now + 1_000)).to.equal(null);
    expect(await use('b1', now + 1_000)).to.equal(false);
    expect(await audited()).to.deep.equal([]);
    expect(await use('b1', now + 999)).to.equal(true);
  });

  it('of 16 that race for it one gets it', async () => {
    await grant('b1');
    const used = await Promise.all(Array.from({ length: 16 }, () => use('b1')));
    expect(used.filter(Boolean)).to.have.length(1);
    expect(await audited()).to.have.length(1);
  });

  it('is not spent by who was disabled or removed since', async () => {
    await grant('b1');
    await scratch.execute('UPDATE users SET disabled = 1');
    expect(await use('b1')).to.equal(false);
    await scratch.execute('UPDATE users SET disabled = 0');
    expect(await use('b1')).to.equal(true);
    await grant('b2');
    await scratch.execute('DELETE FROM users');
    expect(await use('b2')).to.equal(false);
  });

  it('is not spent if the audit row cannot be written', async () => {
    await grant('b1');
    await scratch.execute("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit'); END");
    try {
      expect(await use('b1').catch((error: unknown) => String(error))).to.match(/no audit/);
    } finally {
      await scratch.execute('DROP TRIGGER no_audit');
    }
    expect(await pending()).to.equal('b1');
  });

  it('one that is not there is none', async () => {
    expect(await use('gone')).to.equal(false);
  });
});

describe('login: a bypass on the way of a datagram', () => {
  const shared = sharedStore();
  let scene: IntakeScene;
  beforeEach(async () => {
    scene = await IntakeScene.open(shared.scratch, { lockoutFailures: 3 });
  });
  afterEach(() => scene.close());

  const grant = (seconds = 300): Promise<number> => {
    const at = scene.clock.wall();
    return scene.scratch.execute(insert, 'b1', 'u1', 'new phone', at, at + seconds * 1_000);
  };
  const isAccept = ({ code }: RawPacket): boolean => code === Code.accessAccept;

  it('lets one login in without a code; the next one is asked', async () => {
    await grant();
    expect(isAccept(await scene.ask())).to.equal(true);
    const next = await scene.ask();
    expect(next.code).to.equal(Code.accessChallenge);
    expect(valuesOfType(next, Type.replyMessage).join('')).to.equal('Code: ');
    expect(await scene.audited()).to.deep.equal(['accept bypass-used']);
  });

  it('of 16 logins at once one gets in by it, the others are asked', async () => {
    await grant();
    const replies = await Promise.all(Array.from({ length: 16 }, () => scene.ask()));
    expect(replies.filter(isAccept)).to.have.length(1);
    expect(replies.filter(({ code }) => code === Code.accessChallenge)).to.have.length(15);
  });

  it('needs the right password', async () => {
    await grant();
    expect((await scene.ask({ password: 'wrong' })).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['reject password-wrong']);
  });

  it('lets in who is locked, and leaves the lock', async () => {
    await scene.scratch.execute("INSERT INTO lockouts (user_id, factor, failures) VALUES ('u1', 'code', 3)");
    await grant();
    expect(isAccept(await scene.ask())).to.equal(true);
    expect((await scene.ask()).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['accept bypass-used', 'reject locked']);
  });

  it('does not let in who is disabled, and is not spent by the try', async () => {
    await scene.scratch.execute('UPDATE users SET disabled = 1');
    await grant();
    expect((await scene.ask()).code).to.equal(Code.accessReject);
    expect(await scene.audited()).to.deep.equal(['reject disabled']);
    expect(await scene.scratch.row('SELECT used_at FROM bypasses')).to.deep.equal({ used_at: null });
  });

  it('answers nothing if it cannot be spent, and lets in when it can', async () => {
    await grant();
    scene.store.fail('use-bypass');
    await scene.expectSilence(scene.request());
    scene.store.mend();
    expect(isAccept(await scene.ask())).to.equal(true);
  });
});
