import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { attempt, type AttemptOutput } from '../../../src/login/attempt.ts';
import type { Method } from '../../../src/policy/decide.ts';
import { foldUserName } from '../../../src/policy/user-name.ts';
import { identify } from '../../../src/store/identify.ts';
import { lockoutRules, windows } from '../../support/login-rules.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';

const now = Date.UTC(2024, 0, 1, 12);
const step = now / 30_000;
const keyOf = (number: number): Buffer => Buffer.alloc(20, number + 1);
const totpCode = (number: number, at = step): string => hotp({ key: keyOf(number), algorithm: 'sha1', digits: 6 }, at);

describe('several tokens of one user, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['alice'] });
  });

  const every: readonly Method[] = ['totp', 'hotp', 'recovery'];
  const answer = (typed: string, methods = every, at = now): Promise<AttemptOutput> =>
    scratch.store.run(attempt, {
      userId,
      methods,
      answer: Buffer.from(typed),
      now: at,
      attemptsLeft: 2,
      windows,
      lockout: { ...lockoutRules, repeatWindow: 0 },
      audit: {
        at,
        loginId: 'l1',
        userId,
        userName: 'alice',
        client: 'vpn',
        clientAddress: '192.0.2.10',
        callingStationId: null,
        primary: 'nps',
        latency: 1,
      },
    });
  const failures = async (): Promise<unknown> => (await scratch.row('SELECT failures FROM lockouts'))['failures'];
  const identified = async (at = now): Promise<unknown> => {
    const name = foldUserName('alice') ?? expect.fail('no name');
    const identity = await scratch.store.run(identify, {
      proven: [],
      asked: name,
      realms: undefined,
      lockout: lockoutRules,
      now: at,
    });
    return identity.kind === 'known' ? identity.methods : identity.kind;
  };

  it('the code of each of twenty is right, of both kinds, and each moves its own mark', async () => {
    for (let i = 0; i < 10; i++) {
      await scratch.addToken({ userId, id: `totp${i}`, key: keyOf(i) });
      await scratch.addToken({ userId, id: `hotp${i}`, key: keyOf(100 + i), type: 'hotp' });
    }
    for (let i = 0; i < 10; i++) {
      expect(await answer(totpCode(i))).to.deep.equal({ outcome: 'accepted', method: 'totp' });
      expect(await answer(totpCode(100 + i, 2))).to.deep.equal({ outcome: 'accepted', method: 'hotp' });
    }
    expect(await scratch.query('SELECT DISTINCT type, last_step, counter FROM tokens ORDER BY type')).to.deep.equal([
      { type: 'hotp', last_step: -1, counter: 3 },
      { type: 'totp', last_step: step, counter: 0 },
    ]);
  });

  it('a wrong code is one failure and one audit row, however many tokens it was held against', async () => {
    for (let i = 0; i < 20; i++) await scratch.addToken({ userId, key: keyOf(i), type: i % 2 === 0 ? 'totp' : 'hotp' });
    const right = new Set<string>();
    for (let i = 0; i < 20; i++)
      for (let at = -1; at <= 11; at++) right.add(totpCode(i, i % 2 === 0 ? step + at : Math.max(0, at)));
    const wrong = ['123123', '321321', '111111', '222222'].filter((code) => !right.has(code));
    expect(await answer(wrong[0] ?? '')).to.deep.equal({ outcome: 'code-wrong', method: null });
    expect(await failures()).to.equal(1);
    expect(await answer(wrong[1] ?? '')).to.deep.equal({ outcome: 'code-wrong', method: null });
    expect(await failures()).to.equal(2);
    expect(await scratch.query('SELECT id FROM audit')).to.have.length(2);
  });

  it('a used code is told as used, although it is wrong for the other tokens', async () => {
    for (const i of [1, 2, 3]) await scratch.addToken({ userId, id: `t${i}`, key: keyOf(i) });
    await answer(totpCode(2));
    expect((await answer(totpCode(2))).outcome).to.equal('code-used');
    expect((await answer(totpCode(1))).outcome).to.equal('accepted');
  });

  it('two tokens with one key: the code is accepted once for each at most, and then no more', async () => {
    for (const id of ['t1', 't2']) await scratch.addToken({ userId, id, key: keyOf(1) });
    const outcomes: string[] = [];
    for (let i = 0; i < 4; i++) outcomes.push((await answer(totpCode(1))).outcome);
    expect(outcomes.filter((outcome) => outcome === 'accepted').length).to.be.at.most(2);
    expect(outcomes.at(-1)).to.equal('code-used');
  });

  it('a method that was not offered is not tried', async () => {
    await scratch.addToken({ userId, key: keyOf(1) });
    await scratch.addToken({ userId, key: keyOf(2), type: 'hotp' });
    expect((await answer(totpCode(1), ['hotp'])).outcome).to.equal('code-wrong');
    expect((await answer(totpCode(2, 0), ['totp'])).outcome).to.equal('code-wrong');
    expect((await answer(totpCode(2, 0), ['hotp'])).outcome).to.equal('accepted');
  });

  for (const type of ['totp', 'hotp'] as const) {
    const right = type === 'totp' ? totpCode(1) : totpCode(1, 0);
    for (const [what, own] of [
      ['disabled', { state: 'disabled' }],
      ['not valid yet', { validFrom: now + 1 }],
      ['expired', { validUntil: now }],
      ['valid from after its end', { validFrom: now, validUntil: now }],
    ] as const)
      it(`${type}: one that is ${what} never counts, and is no method`, async () => {
        await scratch.addToken({ userId, type, key: keyOf(1), ...own });
        expect(await identified()).to.deep.equal([]);
        expect((await answer(right)).outcome).to.equal('method-missing');
        await scratch.addToken({ userId, type, key: keyOf(2) });
        expect(await identified()).to.deep.equal([type]);
        expect((await answer(right)).outcome).to.equal('code-wrong');
      });

    for (const [what, own] of [
      ['its first millisecond', { validFrom: now }],
      ['its last one', { validUntil: now + 1 }],
      ['the midst of its time', { validFrom: now - 1_000, validUntil: now + 1_000 }],
      ['no bounds', {}],
    ] as const)
      it(`${type}: one with ${what} counts`, async () => {
        await scratch.addToken({ userId, type, key: keyOf(1), ...own });
        expect(await identified()).to.deep.equal([type]);
        expect(await answer(right)).to.deep.equal({ outcome: 'accepted', method: type });
      });
  }

  it('a token that nobody was given is nobody\u2019s method', async () => {
    const id = await scratch.addToken({ userId, key: keyOf(1) });
    await scratch.execute('UPDATE tokens SET user_id = NULL WHERE id = ?', id);
    expect(await identified()).to.deep.equal([]);
    expect((await answer(totpCode(1))).outcome).to.equal('not-enrolled');
  });

  describe('with a PIN in front of the code', () => {
    const pinned = { key: keyOf(1), pin: 'aB3-\u00e4!' } as const;
    const code = totpCode(1);

    it('PIN and code are right, with blanks in the code or without', async () => {
      await scratch.addToken({ userId, ...pinned });
      expect((await answer(`${pinned.pin} ${code.slice(0, 3)} ${code.slice(3)}`)).outcome).to.equal('accepted');
      const next = totpCode(1, step + 1);
      expect((await answer(`${pinned.pin}${next}`)).outcome).to.equal('accepted');
    });

    it('a wrong PIN, none, another case, or the PIN behind the code is wrong, and uses up nothing', async () => {
      await scratch.addToken({ userId, ...pinned });
      for (const typed of [
        code,
        `1234${code}`,
        `${pinned.pin.toLowerCase()}${code}`,
        `${pinned.pin}x${code}`,
        `x${pinned.pin}${code}`,
        `${pinned.pin.slice(0, -1)}${code}`,
        `${code}${pinned.pin}`,
        pinned.pin,
      ])
        expect((await answer(typed)).outcome, typed).to.equal('code-wrong');
      expect(await failures()).to.equal(8);
      expect((await answer(`${pinned.pin}${code}`)).outcome).to.equal('accepted');
    });

    it('the right PIN with a wrong code is wrong, with a used one it is used', async () => {
      await scratch.addToken({ userId, ...pinned });
      const wrong = totpCode(1, step + 500);
      expect((await answer(`${pinned.pin}${wrong}`)).outcome).to.equal('code-wrong');
      await answer(`${pinned.pin}${code}`);
      expect((await answer(`${pinned.pin}${code}`)).outcome).to.equal('code-used');
      expect((await answer(`1234${code}`)).outcome, 'whether it is used is not told without the PIN').to.equal(
        'code-wrong',
      );
    });

    it('a PIN of digits is told from the code by its place', async () => {
      await scratch.addToken({ userId, key: keyOf(1), pin: '123456' });
      expect((await answer(code)).outcome).to.equal('code-wrong');
      expect((await answer(`${code}123456`)).outcome).to.equal('code-wrong');
      expect((await answer(`123456${code}`)).outcome).to.equal('accepted');
    });

    it('typed for a token that has none is wrong', async () => {
      await scratch.addToken({ userId, key: keyOf(1) });
      expect((await answer(`1234${code}`)).outcome).to.equal('code-wrong');
      expect((await answer(`0${code}`)).outcome).to.equal('code-wrong');
      expect((await answer(code)).outcome).to.equal('accepted');
    });

    it('is of its token: that of another token of the user is wrong', async () => {
      await scratch.addToken({ userId, id: 't1', key: keyOf(1), pin: 'first' });
      await scratch.addToken({ userId, id: 't2', key: keyOf(2), pin: 'second', type: 'hotp' });
      expect((await answer(`second${code}`)).outcome).to.equal('code-wrong');
      expect((await answer(`first${totpCode(2, 0)}`)).outcome).to.equal('code-wrong');
      expect((await answer(`first${code}`)).outcome).to.equal('accepted');
      expect((await answer(`second${totpCode(2, 0)}`)).outcome).to.equal('accepted');
    });

    it('is not kept as it was given, and a digest that was moved to another token is worth nothing', async () => {
      await scratch.addToken({ userId, id: 't1', key: keyOf(1), pin: 'first' });
      await scratch.addToken({ userId, id: 't2', key: keyOf(2), pin: 'second' });
      const { pin } = await scratch.row("SELECT pin FROM tokens WHERE id = 't1'");
      expect(Buffer.isBuffer(pin) && pin.length === 32 && !pin.includes('first')).to.equal(true);
      await scratch.execute("UPDATE tokens SET pin = (SELECT pin FROM tokens WHERE id = 't1') WHERE id = 't2'");
      expect((await answer(`first${totpCode(2)}`)).outcome).to.equal('code-wrong');
    });
  });
});
