import { expect } from 'chai';
import type { CheckResult } from '../../../src/factor/factor.ts';
import { hotp, type Algorithm } from '../../../src/factor/oath.ts';
import { integer, text } from '../../../src/store/row.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { checkTotp } from '../../support/test-transactions.ts';

const key = Buffer.from('12345678901234567890');
const otherKey = Buffer.from('another key of 20 oc');
const now = Date.UTC(2024, 0, 1, 12);
const step = now / 30_000;

interface CodeOf {
  readonly key?: Buffer;
  readonly algorithm?: Algorithm;
  readonly digits?: number;
}

const code = (at: number, { key: own = key, algorithm = 'sha1', digits = 6 }: CodeOf = {}): string =>
  hotp({ key: own, algorithm, digits }, at);

describe('factor/totp, on a real store', () => {
  const stored = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = stored);
    userId = await scratch.addUser({ names: ['alice'] });
  });

  const check = async (
    typed: string | Buffer,
    own: { at?: number; window?: number; user?: string; resync?: boolean } = {},
  ): Promise<CheckResult['kind']> => {
    const { at = now, window = 1, user = userId, resync = false } = own;
    const windows = { totp: window, hotp: 10, resyncAtPrompt: resync };
    const answer = { userId: user, octets: Buffer.from(typed), now: at, windows, loginId: 'l' };
    return (await scratch.store.run(checkTotp, answer)).kind;
  };

  for (const [window, distances] of [
    [0, [0]],
    [1, [-1, 0, 1]],
    [2, [-2, -1, 0, 1, 2]],
  ] as const)
    for (let distance = -3; distance <= 3; distance++) {
      const right = (distances as readonly number[]).includes(distance);
      it(`with a window of ${window} the code of ${distance} steps away is ${right ? 'right' : 'wrong'}`, async () => {
        await scratch.addToken({ userId, key });
        expect(await check(code(step + distance), { window })).to.equal(right ? 'right' : 'wrong');
      });
    }

  it('the first and the last millisecond of a step count as that step', async () => {
    await scratch.addToken({ userId, key });
    expect(await check(code(step), { at: now - 1, window: 0 })).to.equal('wrong');
    expect(await check(code(step), { at: now, window: 0 })).to.equal('right');
    expect(await check(code(step + 1), { at: now + 29_999, window: 0 })).to.equal('wrong');
    expect(await check(code(step + 1), { at: now + 30_000, window: 0 })).to.equal('right');
  });

  it('a code is accepted once, and told from a wrong one when it comes again', async () => {
    const id = await scratch.addToken({ userId, key });
    expect(await check(code(step))).to.equal('right');
    expect(await check(code(step))).to.equal('used');
    expect(await check(code(step), { at: now + 30_000 })).to.equal('used');
    expect(await check(code(step - 1000))).to.equal('wrong');
    const row = await scratch.row('SELECT last_step, last_used_at FROM tokens WHERE id = ?', id);
    expect(row).to.deep.equal({ last_step: step, last_used_at: now });
  });

  it('after a later code an earlier one is not accepted any more, a still later one is', async () => {
    await scratch.addToken({ userId, key });
    expect(await check(code(step + 1))).to.equal('right');
    expect(await check(code(step))).to.equal('used');
    expect(await check(code(step - 1)), 'outside the window, which has followed the token').to.equal('wrong');
    expect(await check(code(step + 2), { at: now + 30_000 })).to.equal('right');
  });

  it('a clock that is set back makes no used code good again', async () => {
    const id = await scratch.addToken({ userId, key });
    const nextDay = step + 2_880;
    expect(await check(code(nextDay), { at: now + 86_400_000 })).to.equal('right');
    for (const at of [step - 1, step, step + 1]) expect(await check(code(at)), String(at)).to.equal('used');
    expect(integer(await scratch.row('SELECT last_step FROM tokens WHERE id = ?', id), 'last_step')).to.equal(nextDay);
    expect(await check(code(nextDay), { at: now + 86_400_000 })).to.equal('used');
    expect(await check(code(nextDay + 1), { at: now + 86_400_000 })).to.equal('right');
  });

  it('16 racing checks of one code: exactly one is right', async () => {
    await scratch.addToken({ userId, key });
    const results = await Promise.all(Array.from({ length: 16 }, () => check(code(step))));
    expect(results.filter((result) => result === 'right')).to.have.length(1);
    expect(results.filter((result) => result === 'used')).to.have.length(15);
  });

  it('a pending token becomes active by its first right code, and by no wrong one', async () => {
    const id = await scratch.addToken({ userId, key, state: 'pending' });
    const state = async (): Promise<string> =>
      text(await scratch.row('SELECT state FROM tokens WHERE id = ?', id), 'state');
    expect(await check('000000')).to.equal('wrong');
    expect(await state()).to.equal('pending');
    expect(await check(code(step))).to.equal('right');
    expect(await state()).to.equal('active');
  });

  it('a token in any other state is none', async () => {
    await scratch.addToken({ userId, key, state: 'disabled' });
    expect(await check(code(step))).to.equal('wrong');
  });

  it('a code of another user is wrong, and stays good for that user', async () => {
    const bob = await scratch.addUser({ names: ['bob'] });
    await scratch.addToken({ userId, key });
    await scratch.addToken({ userId: bob, key: otherKey });
    const theirs = code(step, { key: otherKey });
    expect(await check(theirs)).to.equal('wrong');
    expect(await check(theirs, { user: bob })).to.equal('right');
    expect(await check(theirs, { user: 'nobody' })).to.equal('wrong');
  });

  it('each of several tokens is good, and has its own mark', async () => {
    const one = await scratch.addToken({ userId, key });
    const two = await scratch.addToken({ userId, key: otherKey });
    expect(await check(code(step))).to.equal('right');
    expect(await check(code(step, { key: otherKey }))).to.equal('right');
    expect(await check(code(step))).to.equal('used');
    const rows = await scratch.query('SELECT id, last_step FROM tokens');
    expect(Object.fromEntries(rows.map((row) => [row['id'], row['last_step']]))).to.deep.equal({
      [one]: step,
      [two]: step,
    });
  });

  for (const algorithm of ['sha1', 'sha256', 'sha512'] as const)
    for (const digits of [6, 8])
      for (const period of [30, 60])
        it(`${algorithm}, ${digits} digits, ${period} s`, async () => {
          await scratch.addToken({ userId, key, algorithm, digits, period });
          const own = Math.floor(now / 1000 / period);
          expect(await check(code(own, { algorithm, digits: digits === 6 ? 8 : 6 })), 'other digits').to.equal('wrong');
          expect(await check(code(own + 2, { algorithm, digits })), 'outside the window').to.equal('wrong');
          expect(await check(code(own + 1, { algorithm, digits }))).to.equal('right');
        });

  it('blanks may stand anywhere: apps show "123 456"', async () => {
    await scratch.addToken({ userId, key });
    const digits = code(step);
    expect(await check(` ${digits.slice(0, 3)} ${digits.slice(3)}  `)).to.equal('right');
  });

  it('what is not 6 to 8 digits is wrong, and marks nothing', async () => {
    await scratch.addToken({ userId, key });
    const digits = code(step);
    const fullWidth = digits.replaceAll(/\d/g, (digit) => String.fromCodePoint(0xff10 + Number(digit)));
    for (const typed of [
      '',
      ' ',
      digits.slice(0, 5),
      `${digits}\n`,
      `${digits}\0`,
      `+${digits}`,
      `${digits}000`,
      fullWidth,
      'alice1',
    ])
      expect(await check(typed), JSON.stringify(typed)).to.equal('wrong');
    expect(await check(Buffer.concat([Buffer.from(digits), Buffer.of(0xa0)]))).to.equal('wrong');
    expect(await check(digits)).to.equal('right');
  });

  it('a key that was moved from another row is an error, not a wrong code', async () => {
    const mine = await scratch.addToken({ userId, key });
    const bob = await scratch.addUser({ names: ['bob'] });
    const theirs = await scratch.addToken({ userId: bob, key: otherKey });
    await scratch.execute(
      'UPDATE tokens SET secret = (SELECT secret FROM tokens WHERE id = ?) WHERE id = ?',
      theirs,
      mine,
    );
    const failure = await check(code(step, { key: otherKey })).catch((error: unknown) => error);
    expect(failure).to.be.instanceOf(Error);
    expect(String(failure)).to.match(/sealed/);
  });

  it('an algorithm that nobody knows is an error', async () => {
    await scratch.addToken({ userId, key, algorithm: 'md5' });
    expect(await check(code(step)).catch((error: unknown) => String(error))).to.match(/unknown algorithm/);
  });

  describe('the clock of a token that drifts', () => {
    const period = 30_000;
    const kept = async (id: string): Promise<unknown> =>
      (await scratch.row('SELECT drift FROM tokens WHERE id = ?', id))['drift'];
    /** The code that a token shows whose clock is off by so many steps. */
    const shown = (steps: number, offset: number, own = key): string => code(step + steps + offset, { key: own });

    it('is followed by at most one step at each success', async () => {
      const id = await scratch.addToken({ userId, key });
      expect(await check(shown(0, 2), { window: 2 })).to.equal('right');
      expect(await kept(id), 'two steps off').to.equal(1);
      expect(await check(shown(1, 2), { window: 2, at: now + period })).to.equal('right');
      expect(await kept(id)).to.equal(2);
      expect(await check(shown(2, 2), { window: 2, at: now + 2 * period })).to.equal('right');
      expect(await kept(id), 'as far as it is').to.equal(2);
    });

    it('is followed either way, over days, as far as it goes', async () => {
      for (const direction of [1, -1]) {
        const own = direction === 1 ? key : otherKey;
        const id = await scratch.addToken({ userId, key: own });
        for (let offset = 0; offset <= 30; offset++)
          expect(
            await check(shown(offset * 100, direction * offset, own), { at: now + offset * 100 * period }),
            `${direction * offset} steps`,
          ).to.equal('right');
        expect(await kept(id)).to.equal(direction * 30);
        await scratch.execute('DELETE FROM tokens');
      }
    });

    it('is not followed by what is wrong, used, or more than the window away from where it was', async () => {
      const id = await scratch.addToken({ userId, key, drift: 3 });
      for (const offset of [-1, 0, 1, 5, 6]) expect(await check(shown(0, offset)), String(offset)).to.equal('wrong');
      expect(await kept(id)).to.equal(3);
      expect(await check(shown(0, 4))).to.equal('right');
      expect(await kept(id)).to.equal(4);
      expect(await check(shown(0, 4))).to.equal('used');
      expect(await check(shown(0, 3))).to.equal('used');
      expect(await kept(id)).to.equal(4);
    });

    it('is not followed with a window of 0, but kept', async () => {
      const id = await scratch.addToken({ userId, key, drift: 3 });
      expect(await check(shown(0, 4), { window: 0 })).to.equal('wrong');
      expect(await check(shown(0, 3), { window: 0 })).to.equal('right');
      expect(await kept(id)).to.equal(3);
    });

    it('is its own: that of another token of the user stays', async () => {
      const mine = await scratch.addToken({ userId, key });
      const other = await scratch.addToken({ userId, key: otherKey, drift: -2 });
      expect(await check(shown(0, 1))).to.equal('right');
      expect(await check(shown(0, -3, otherKey))).to.equal('right');
      expect([await kept(mine), await kept(other)]).to.deep.equal([1, -3]);
    });

    it('makes no used step good again, whichever way it goes', async () => {
      await scratch.addToken({ userId, key });
      expect(await check(shown(0, 1))).to.equal('right');
      for (const at of [0, period]) expect(await check(shown(0, 1), { at: now + at }), String(at)).to.equal('used');
      // It goes back: what lies below the mark stays used.
      expect(await check(shown(2, 0), { at: now + 2 * period })).to.equal('right');
      for (const used of [1, 2]) expect(await check(shown(0, used), { at: now + 2 * period })).to.equal('used');
    });

    it('of a period of 60 s is counted in its own steps', async () => {
      const id = await scratch.addToken({ userId, key, period: 60 });
      expect(await check(code(now / 60_000 + 1))).to.equal('right');
      expect(await kept(id)).to.equal(1);
    });
  });

  describe('resynchronisation at the prompt', () => {
    const period = 30_000;
    const resync = { resync: true };

    it('is off: two consecutive codes that are far off are wrong', async () => {
      await scratch.addToken({ userId, key });
      for (const at of [6, 7, 8]) expect(await check(code(step + at)), String(at)).to.equal('wrong');
    });

    for (const offset of [6, 20, -6, -20])
      it(`takes a token in that is ${offset} steps off, and remembers by how much`, async () => {
        await scratch.addToken({ userId, key });
        expect(await check(code(step + offset), resync)).to.equal('wrong');
        expect(await check(code(step + offset + 1), { ...resync, at: now + period })).to.equal('right');
        expect(await scratch.row('SELECT drift, last_step, resync_next FROM tokens')).to.deep.equal({
          drift: offset,
          last_step: step + offset + 1,
          resync_next: null,
        });
        for (const used of [0, 1])
          expect(await check(code(step + offset + used), { at: now + period })).to.equal('used');
        expect(await check(code(step + offset + 2), { at: now + 2 * period })).to.equal('right');
      });

    for (const [what, first, second, later] of [
      ['21 steps ahead', 21, 22, 1],
      ['21 steps behind', -21, -20, 1],
      ['the same code twice', 6, 6, 0],
      ['the one after the next', 6, 8, 1],
      ['the one before', 6, 5, 0],
      ['the next one after five minutes', 6, 7, 10],
    ] as const)
      it(`${what}: wrong`, async () => {
        const id = await scratch.addToken({ userId, key });
        expect(await check(code(step + first), resync)).to.equal('wrong');
        expect(await check(code(step + second), { ...resync, at: now + later * period })).to.equal('wrong');
        expect(await scratch.row('SELECT drift, last_step FROM tokens WHERE id = ?', id)).to.deep.equal({
          drift: 0,
          last_step: -1,
        });
      });

    it('never accepts a code at or below the last accepted one', async () => {
      const id = await scratch.addToken({ userId, key, lastStep: step + 10 });
      for (const at of [8, 9, 10]) expect(await check(code(step + at), resync), String(at)).to.equal('wrong');
      const awaited = 'UPDATE tokens SET resync_next = ?, resync_until = ? WHERE id = ?';
      await scratch.execute(awaited, step + 10, now + 60_000, id);
      expect(await check(code(step + 10), resync)).to.equal('wrong');
      expect(await check(code(step + 11), resync)).to.equal('wrong');
      expect(await check(code(step + 12), resync)).to.equal('right');
    });

    it('of 16 that race with the second code one is right', async () => {
      await scratch.addToken({ userId, key });
      await check(code(step + 6), resync);
      const results = await Promise.all(
        Array.from({ length: 16 }, () => check(code(step + 7), { ...resync, at: now + period })),
      );
      expect(results.filter((result) => result === 'right')).to.have.length(1);
    });
  });
});
