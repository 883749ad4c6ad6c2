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
    own: { at?: number; window?: number; user?: string } = {},
  ): Promise<CheckResult['kind']> => {
    const { at = now, window = 1, user = userId } = own;
    const answer = { userId: user, octets: Buffer.from(typed), now: at, totpWindow: window };
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
    expect(await check(code(step - 1))).to.equal('used');
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
});
