import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { attempt, type AttemptInput, type AttemptOutput } from '../../../src/login/attempt.ts';
import { integer } from '../../../src/store/row.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { Guesser } from '../../support/guesser-process.ts';

const key = Buffer.from('12345678901234567890');
const now = Date.UTC(2024, 0, 1, 12);
const right = hotp({ key, algorithm: 'sha1', digits: 6 }, now / 30_000);
/** A code of none of the steps around. */
const wrong = right === '123123' ? '321321' : '123123';

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
    totpWindow: 1,
    lockoutFailures: 10,
    audit: {
      at: now,
      loginId: 'l1',
      userId,
      userName: 'ALICE',
      client: 'vpn',
      clientAddress: '192.0.2.10',
      callingStationId: '198.51.100.7',
      primary: 'nps',
      latency: 12.6,
    },
    ...own,
  });
  const answer = (typed: string, own?: Partial<AttemptInput>): Promise<AttemptOutput> =>
    scratch.store.run(attempt, input(typed, own));
  const failures = async (): Promise<number> =>
    integer(await scratch.row('SELECT failures FROM users WHERE id = ?', userId), 'failures');
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
    expect(await answer(wrong, { attemptsLeft: 0 })).to.deep.equal({ outcome: 'code-wrong-last', method: null });
    expect(await failures()).to.equal(2);
    expect((await scratch.row('SELECT last_login_at FROM users WHERE id = ?', userId))['last_login_at']).to.equal(null);
  });

  it('a used code is counted, and told from a wrong one', async () => {
    await answer(right);
    expect((await answer(right)).outcome).to.equal('code-used');
    expect((await answer(right, { attemptsLeft: 0 })).outcome).to.equal('code-used-last');
    expect(await failures()).to.equal(2);
  });

  it('the failure that reaches the limit locks; then even the right code is not compared', async () => {
    for (let i = 1; i < 10; i++) expect((await answer(wrong)).outcome).to.equal('code-wrong');
    expect((await answer(wrong)).outcome).to.equal('locked');
    expect((await answer(right)).outcome).to.equal('locked');
    expect(await failures()).to.equal(10);
    expect((await scratch.row('SELECT last_step FROM tokens'))['last_step']).to.equal(-1);
  });

  it('a limit that was lowered holds for those who are beyond it', async () => {
    for (let i = 0; i < 5; i++) await answer(wrong);
    expect((await answer(right, { lockoutFailures: 5 })).outcome).to.equal('locked');
    expect(await failures()).to.equal(5);
  });

  it('a user who was disabled or removed since the question is told so', async () => {
    await scratch.execute('UPDATE users SET disabled = 1');
    expect((await answer(right)).outcome).to.equal('disabled');
    await scratch.execute('DELETE FROM users');
    expect((await answer(right)).outcome).to.equal('not-enrolled');
    expect(await scratch.query('SELECT id FROM tokens'), 'the tokens go with the user').to.deep.equal([]);
  });

  it('without a method no code is right', async () => {
    expect((await answer(right, { methods: [] })).outcome).to.equal('code-wrong');
  });

  it('writes one audit row for each answer, whatever becomes of it', async () => {
    await answer(wrong);
    await answer(right);
    await answer(right, { attemptsLeft: 0 });
    await scratch.execute('UPDATE users SET failures = 10');
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
    const outputs = await Promise.all(Array.from({ length: 16 }, () => answer(right, { lockoutFailures: 100 })));
    expect(outputs.filter(({ outcome }) => outcome === 'accepted')).to.have.length(1);
    expect(outputs.filter(({ outcome }) => outcome === 'code-used')).to.have.length(15);
    expect(await audited()).to.have.length(16);
  });

  it('of 1,000 parallel wrong guesses exactly as many as the limit are compared', async () => {
    const outputs = await Promise.all(Array.from({ length: 1_000 }, () => answer(wrong)));
    const counts = new Map<string, number>();
    for (const { outcome } of outputs) counts.set(outcome, (counts.get(outcome) ?? 0) + 1);
    // The tenth is compared too: it is the one that locks.
    expect(Object.fromEntries(counts)).to.deep.equal({ 'code-wrong': 9, locked: 991 });
    expect(await failures()).to.equal(10);
    expect(await audited()).to.have.length(1_000);
  });

  it('a right code behind 10 of 1,000 parallel guesses is not accepted any more', async () => {
    const outputs = await Promise.all(Array.from({ length: 1_000 }, (_, i) => answer(i < 10 ? wrong : right)));
    expect(outputs.some(({ outcome }) => outcome === 'accepted')).to.equal(false);
    expect((await scratch.row('SELECT last_step FROM tokens'))['last_step']).to.equal(-1);
  });

  it('two processes on one store: of 1,000 parallel wrong guesses exactly 10 are compared', async () => {
    const guessers = await Promise.all([Guesser.start(scratch.dir), Guesser.start(scratch.dir)]);
    const outcomes = (await Promise.all(guessers.map((guesser) => guesser.guess(input(wrong), 500)))).flat();
    expect(outcomes).to.have.length(1_000);
    expect(outcomes.filter((outcome) => outcome === 'code-wrong')).to.have.length(9);
    expect(outcomes.filter((outcome) => outcome === 'locked')).to.have.length(991);
    expect(await failures()).to.equal(10);
    expect(await audited()).to.have.length(1_000);
  });

  it('two processes on one store: of 16 racing answers with the right code exactly one is accepted', async () => {
    const guessers = await Promise.all([Guesser.start(scratch.dir), Guesser.start(scratch.dir)]);
    const racing = guessers.map((guesser) => guesser.guess(input(right, { lockoutFailures: 100 }), 8));
    const outcomes = (await Promise.all(racing)).flat();
    expect(outcomes.filter((outcome) => outcome === 'accepted')).to.have.length(1);
    expect(outcomes.filter((outcome) => outcome === 'code-used')).to.have.length(15);
  });
});
