import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { attempt, type AttemptInput, type AttemptOutput } from '../../../src/login/attempt.ts';
import { integer } from '../../../src/store/row.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { lockoutRules, windows } from '../../support/login-rules.ts';
import { Guesser } from '../../support/guesser-process.ts';

const key = Buffer.from('12345678901234567890');
const now = Date.UTC(2024, 0, 1, 12);
const right = hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000);
const around = new Set([-1, 0, 1].map((steps) => hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000 + steps)));
/** So many codes of none of the steps around, each another. */
const wrongCodes = (count: number, from = 0): string[] =>
  Array.from({ length: count + around.size }, (_, i) => String(from + i).padStart(6, '0'))
    .filter((code) => !around.has(code))
    .slice(0, count);
const [wrong = '', wrongToo = ''] = wrongCodes(2, 123_123);
const manyFailures = { ...lockoutRules, failures: 100 };

describe('login/attempt, on a real store', () => {
  const stored = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = stored);
    userId = await scratch.addUser({ names: ['alice'] });
    await scratch.addToken({ userId, key });
  });

  const input = (typed: string, own: Partial<AttemptInput> = {}): AttemptInput => ({
    userId,
    methods: ['totp'],
    answer: Buffer.from(typed),
    now,
    attemptsLeft: 2,
    windows,
    lockout: lockoutRules,
    audit: {
      at: now,
      loginId: 'l1',
      userName: 'ALICE',
      client: 'vpn',
      clientAddress: '192.0.2.10',
      callingStationId: '198.51.100.7',
      primary: 'nps',
      latency: 12.6,
    },
    ...own,
  });
  /** The same from another client. */
  const fromClient = (client: string): Partial<AttemptInput> => ({ audit: { ...input('').audit, client } });
  /** The same after the window in which it would be the retry of a device. */
  const later = { now: now + lockoutRules.repeatWindow };
  const answer = (typed: string, own?: Partial<AttemptInput>): Promise<AttemptOutput> =>
    scratch.store.run(attempt, input(typed, own));
  const failures = async (): Promise<number> =>
    integer(await scratch.row('SELECT COALESCE(max(failures), 0) AS failures FROM lockouts'), 'failures');
  const audited = async (): Promise<unknown[]> =>
    (await scratch.query('SELECT result, reason, method FROM audit ORDER BY id')).map((row) => Object.values(row));

  it('a right code is accepted, ends the count of failures and is the last login', async () => {
    await answer(wrong);
    expect(await failures()).to.equal(1);
    expect(await answer(right)).to.deep.equal({ outcome: 'accepted', method: 'totp' });
    expect(await failures()).to.equal(0);
    const row = await scratch.row('SELECT last_login_at FROM users WHERE id = ?', userId);
    expect(row['last_login_at']).to.equal(now);
  });

  it('a wrong code is counted; the last one of a login ends it', async () => {
    expect(await answer(wrong)).to.deep.equal({ outcome: 'code-wrong', method: null });
    expect(await answer(wrongToo, { attemptsLeft: 0 })).to.deep.equal({ outcome: 'code-wrong-last', method: null });
    expect(await failures()).to.equal(2);
    expect((await scratch.row('SELECT last_login_at FROM users WHERE id = ?', userId))['last_login_at']).to.equal(null);
  });

  it('a used code is counted, and told from a wrong one', async () => {
    await answer(right);
    expect((await answer(right)).outcome).to.equal('code-used');
    expect((await answer(right, { attemptsLeft: 0 })).outcome, 'the same again at once').to.equal('code-used-last');
    expect(await failures()).to.equal(1);
    expect((await answer(right, { attemptsLeft: 0, ...later })).outcome).to.equal('code-used-last');
    expect(await failures()).to.equal(2);
  });

  it('the failure that reaches the limit locks; then even the right code is not compared', async () => {
    for (const code of wrongCodes(9)) expect((await answer(code)).outcome).to.equal('code-wrong');
    expect((await answer(wrong)).outcome).to.equal('locked');
    expect((await answer(right)).outcome).to.equal('locked');
    expect(await failures()).to.equal(10);
    expect((await scratch.row('SELECT last_step FROM tokens'))['last_step']).to.equal(-1);
  });

  it('a limit that was lowered holds for those who are beyond it', async () => {
    for (const code of wrongCodes(5)) await answer(code);
    expect((await answer(right, { lockout: { ...lockoutRules, failures: 5 } })).outcome).to.equal('locked');
    expect(await failures()).to.equal(5);
  });

  it('a user who was disabled or removed since the question is told so', async () => {
    await scratch.execute('UPDATE users SET disabled = 1');
    expect((await answer(right)).outcome).to.equal('disabled');
    await scratch.execute('DELETE FROM users');
    expect((await answer(right)).outcome).to.equal('not-enrolled');
    expect(await scratch.query('SELECT id FROM tokens'), 'the tokens go with the user').to.deep.equal([]);
  });

  it('a user whose tokens were disabled, expired or reset since the question is told so', async () => {
    await scratch.execute("UPDATE tokens SET state = 'disabled'");
    expect((await answer(right)).outcome).to.equal('method-missing');
    await scratch.execute("UPDATE tokens SET state = 'active', valid_until = ?", now);
    expect((await answer(wrong)).outcome).to.equal('method-missing');
    expect((await answer(wrong, { alone: true })).outcome).to.equal('code-only-wrong');
    await scratch.execute('DELETE FROM tokens');
    expect((await answer(wrong)).outcome).to.equal('not-enrolled');
    expect(await failures(), 'nothing was compared').to.equal(0);
  });

  it('without a method no code is right', async () => {
    expect((await answer(right, { methods: [] })).outcome).to.equal('code-wrong');
  });

  it('writes one audit row for each answer, whatever becomes of it', async () => {
    await answer(wrong);
    await answer(right);
    await answer(right, { attemptsLeft: 0 });
    await scratch.execute('UPDATE lockouts SET failures = 10');
    await answer(right);
    expect(await audited()).to.deep.equal([
      ['challenge', 'code-wrong', null],
      ['accept', 'accepted', 'totp'],
      ['reject', 'code-used-last', null],
      ['reject', 'locked', null],
    ]);
    const [row] = await scratch.query('SELECT * FROM audit ORDER BY id');
    expect(row).to.deep.include({
      at: now,
      login_id: 'l1',
      user_id: userId,
      user_name: 'ALICE',
      client: 'vpn',
      client_address: '192.0.2.10',
      calling_station_id: '198.51.100.7',
      primary_name: 'nps',
      latency_ms: 13,
    });
  });

  it('count, mark and audit row are one: if the row cannot be written, nothing happened', async () => {
    await scratch.execute("CREATE TRIGGER no_audit BEFORE INSERT ON audit BEGIN SELECT RAISE(ABORT, 'no audit'); END");
    const failure = await answer(right).catch((error: unknown) => String(error));
    expect(failure).to.match(/no audit/);
    expect(await failures()).to.equal(0);
    expect((await scratch.row('SELECT last_step FROM tokens'))['last_step']).to.equal(-1);
    await scratch.execute('DROP TRIGGER no_audit');
    expect((await answer(right)).outcome).to.equal('accepted');
  });

  it('16 racing answers with the right code: exactly one is accepted', async () => {
    const outputs = await Promise.all(
      Array.from({ length: 16 }, (_, i) => answer(right, { lockout: manyFailures, ...fromClient(`vpn${i}`) })),
    );
    expect(outputs.filter(({ outcome }) => outcome === 'accepted')).to.have.length(1);
    expect(outputs.filter(({ outcome }) => outcome === 'code-used')).to.have.length(15);
    expect(await audited()).to.have.length(16);
  });

  it('of 1,000 parallel wrong guesses exactly as many as the limit are compared', async () => {
    const outputs = await Promise.all(wrongCodes(1_000).map((code) => answer(code)));
    const counts = new Map<string, number>();
    for (const { outcome } of outputs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    // The tenth is compared too: it is the one that locks.
    expect(Object.fromEntries(counts)).to.deep.equal({ 'code-wrong': 9, locked: 991 });
    expect(await failures()).to.equal(10);
    expect(await audited()).to.have.length(1_000);
  });

  it('a right code behind 10 of 1,000 parallel guesses is not accepted any more', async () => {
    const guesses = [...wrongCodes(10), ...Array<string>(990).fill(right)];
    const outputs = await Promise.all(guesses.map((code) => answer(code)));
    expect(outputs.some(({ outcome }) => outcome === 'accepted')).to.equal(false);
    expect((await scratch.row('SELECT last_step FROM tokens'))['last_step']).to.equal(-1);
  });

  it('two processes on one store: of 1,000 parallel wrong guesses exactly 10 are compared', async () => {
    const guessers = await Promise.all([Guesser.start(scratch.dir), Guesser.start(scratch.dir)]);
    const outcomes = (
      await Promise.all(guessers.map((guesser, i) => guesser.guess(input(''), wrongCodes(500, i * 1_000))))
    ).flat();
    expect(outcomes).to.have.length(1_000);
    expect(outcomes.filter((outcome) => outcome === 'code-wrong')).to.have.length(9);
    expect(outcomes.filter((outcome) => outcome === 'locked')).to.have.length(991);
    expect(await failures()).to.equal(10);
    expect(await audited()).to.have.length(1_000);
  });

  it('two processes on one store: of 16 racing answers with the right code exactly one is accepted', async () => {
    const guessers = await Promise.all([Guesser.start(scratch.dir), Guesser.start(scratch.dir)]);
    const rules = { ...manyFailures, repeatWindow: 0 };
    const racing = guessers.map((guesser) =>
      guesser.guess(input('', { lockout: rules }), Array<string>(8).fill(right)),
    );
    const outcomes = (await Promise.all(racing)).flat();
    expect(outcomes.filter((outcome) => outcome === 'accepted')).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === 'code-used')).to.have.length(15);
  });

  describe('the same wrong code again', () => {
    it('from the same client within the window is the retry of a device: told the same, and counted once', async () => {
      expect((await answer(wrong)).outcome).to.equal('code-wrong');
      const last = { now: now + lockoutRules.repeatWindow - 1 };
      for (let i = 0; i < 30; i++) expect((await answer(wrong, last)).outcome).to.equal('code-wrong');
      expect((await answer(wrong, { ...last, attemptsLeft: 0 })).outcome).to.equal('code-wrong-last');
      expect(await failures()).to.equal(1);
      expect(await audited(), 'each is in the audit all the same').to.have.length(32);
    });

    it('a repetition does not make the window longer', async () => {
      await answer(wrong);
      await answer(wrong, { now: now + lockoutRules.repeatWindow - 1 });
      await answer(wrong, { now: now + lockoutRules.repeatWindow });
      expect(await failures()).to.equal(2);
    });

    it('counts from another client, after the window, with no window, or after another code', async () => {
      await answer(wrong);
      await answer(wrong, fromClient('other'));
      expect(await failures(), 'another client').to.equal(2);
      await answer(wrong, { ...fromClient('other'), ...later });
      expect(await failures(), 'after the window').to.equal(3);
      await answer(wrong, { ...fromClient('other'), ...later, lockout: { ...lockoutRules, repeatWindow: 0 } });
      expect(await failures(), 'no window').to.equal(4);
      await answer(wrongToo);
      await answer(wrong);
      expect(await failures(), 'after another').to.equal(6);
    });

    it('is counted once of 1,000 in parallel, and a right code is accepted after it', async () => {
      const outputs = await Promise.all(Array.from({ length: 1_000 }, () => answer(wrong)));
      expect(new Set(outputs.map(({ outcome }) => outcome))).to.deep.equal(new Set(['code-wrong']));
      expect(await failures()).to.equal(1);
      expect((await answer(right)).outcome).to.equal('accepted');
    });

    it('is forgotten with a right code', async () => {
      await answer(wrong);
      await answer(right);
      await answer(wrong);
      expect(await failures()).to.equal(1);
    });

    it('is not kept as it was typed', async () => {
      await answer(wrong);
      const { last_answer: kept } = await scratch.row('SELECT last_answer FROM lockouts');
      expect(Buffer.isBuffer(kept) && kept.length === 32 && !kept.includes(wrong)).to.equal(true);
    });

    it('of 16 racing right answers from one client one is accepted', async () => {
      const outputs = await Promise.all(Array.from({ length: 16 }, () => answer(right)));
      expect(outputs.filter(({ outcome }) => outcome === 'accepted')).to.have.length(1);
    });
  });

  describe('a pause', () => {
    const lockout = { ...lockoutRules, pauseAfter: 3, pause: 60_000 };
    const guess = async (typed: string, at = now): Promise<string> =>
      (await answer(typed, { now: at, lockout })).outcome;

    it('begins with the wrong code that reaches its count; then nothing is compared until it is over', async () => {
      const [one = '', two = '', three = ''] = wrongCodes(3);
      expect([await guess(one), await guess(two), await guess(three)]).to.deep.equal([
        'code-wrong',
        'code-wrong',
        'paused',
      ]);
      expect(await guess(right)).to.equal('paused');
      expect(await guess(right, now + 59_999)).to.equal('paused');
      expect(await failures(), 'what is not compared is not counted').to.equal(3);
      const then = hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000 + 2);
      expect(await guess(then, now + 59_999)).to.equal('paused');
      expect(await guess(then, now + 60_000)).to.equal('accepted');
    });

    it('comes again with each wrong code more, up to the lock', async () => {
      const outcomes: string[] = [];
      for (const [i, code] of wrongCodes(12).entries()) outcomes.push(await guess(code, now + i * 60_000));
      const pauses = Array<string>(7).fill('paused');
      expect(outcomes).to.deep.equal(['code-wrong', 'code-wrong', ...pauses, 'locked', 'locked', 'locked']);
      expect(await failures()).to.equal(10);
    });

    it('is forgotten with a right code', async () => {
      for (const code of wrongCodes(3)) await guess(code);
      const at = now + 60_000;
      expect(await guess(hotp({ key, algorithm: 'sha1', digits: 6 }, at / 30_000), at)).to.equal('accepted');
      expect(await scratch.row('SELECT failures, paused_until FROM lockouts')).to.deep.equal({
        failures: 0,
        paused_until: null,
      });
      for (const code of wrongCodes(2)) expect(await guess(code, at)).to.equal('code-wrong');
    });
  });

  it('never more than 100 wrong codes are compared, whatever is configured', async () => {
    const lockout = { ...lockoutRules, failures: 1_000_000 };
    const outputs = await Promise.all(wrongCodes(300).map((code) => answer(code, { lockout })));
    expect(outputs.filter(({ outcome }) => outcome === 'code-wrong')).to.have.length(99);
    expect(outputs.filter(({ outcome }) => outcome === 'locked')).to.have.length(201);
    expect(await failures()).to.equal(100);
  });
});
