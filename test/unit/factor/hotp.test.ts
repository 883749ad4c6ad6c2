import { expect } from 'chai';
import type { CheckResult } from '../../../src/factor/factor.ts';
import { hotp } from '../../../src/factor/oath.ts';
import { readVectors } from '../../support/read-vectors.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { checkHotp } from '../../support/test-transactions.ts';

const key = Buffer.from('12345678901234567890');
const otherKey = Buffer.from('another key of 20 oc');
const now = Date.UTC(2024, 0, 1, 12);
const minutes = 60_000;
const code = (counter: number, own: Buffer = key, digits = 6): string =>
  hotp({ key: own, algorithm: 'sha1', digits }, counter);

describe('factor/hotp, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['alice'] });
  });

  const give = (own: { counter?: number; key?: Buffer; digits?: number } = {}): Promise<string> =>
    scratch.addToken({ userId, type: 'hotp', key, ...own });
  const check = async (
    typed: string,
    own: { at?: number; window?: number; resync?: boolean } = {},
  ): Promise<CheckResult['kind']> => {
    const { at = now, window = 10, resync = false } = own;
    const windows = { totp: 1, hotp: window, resyncAtPrompt: resync };
    return (await scratch.store.run(checkHotp, { userId, octets: Buffer.from(typed), now: at, windows, loginId: 'l' }))
      .kind;
  };
  const counter = async (): Promise<unknown> => (await scratch.row('SELECT counter FROM tokens'))['counter'];

  it('takes the values of RFC 4226 appendix D one after the other, each once', async () => {
    const vectors = readVectors('rfc4226-appendix-d.txt');
    await give({ key: Buffer.from(vectors.text('secret')) });
    for (const [at, truncated] of vectors.startingWith('counter ')) {
      expect(await check(truncated.slice(-6), { window: 0 }), at).to.equal('right');
      expect(await check(truncated.slice(-6), { window: 0 }), `${at} again`).to.equal('used');
      expect(await counter()).to.equal(Number(at) + 1);
    }
  });

  for (const digits of [6, 7, 8])
    it(`${digits} digits`, async () => {
      await give({ digits });
      for (const other of [6, 7, 8].filter((each) => each !== digits))
        expect(await check(code(0, key, other)), String(other)).to.equal('wrong');
      expect(await check(code(0, key, digits))).to.equal('right');
    });

  for (const window of [0, 1, 10, 50])
    it(`with a window of ${window} the code ${window} ahead is right, the one after it is wrong and moves nothing`, async () => {
      await give({ counter: 1_000 });
      expect(await check(code(1_001 + window), { window })).to.equal('wrong');
      expect(await counter()).to.equal(1_000);
      expect(await check(code(1_000 + window), { window })).to.equal('right');
      expect(await counter()).to.equal(1_001 + window);
    });

  it('what was skipped is not accepted any more, what follows is', async () => {
    await give();
    expect(await check(code(4))).to.equal('right');
    for (const skipped of [0, 1, 2, 3, 4]) expect(await check(code(skipped)), String(skipped)).to.equal('used');
    expect(await check(code(5))).to.equal('right');
  });

  it('a used code is told as used among the last five, and as wrong before them; it is accepted nowhere', async () => {
    await give({ counter: 20 });
    for (let at = 0; at < 20; at++) expect(await check(code(at)), String(at)).to.equal(at >= 15 ? 'used' : 'wrong');
    expect(await counter()).to.equal(20);
  });

  it('a counter near the largest that there is', async () => {
    await give({ counter: 2 ** 52 });
    expect(await check(code(2 ** 52 + 3))).to.equal('right');
    expect(await counter()).to.equal(2 ** 52 + 4);
  });

  it('16 racing checks of one code: exactly one is right, and the counter is moved once', async () => {
    await give();
    const results = await Promise.all(Array.from({ length: 16 }, () => check(code(3))));
    expect(results.filter((result) => result === 'right')).to.have.length(1);
    expect(results.filter((result) => result === 'used')).to.have.length(15);
    expect(await counter()).to.equal(4);
  });

  it('a pending token becomes active by its first right code', async () => {
    await scratch.addToken({ userId, type: 'hotp', key, state: 'pending' });
    await check('000000');
    expect(await scratch.row('SELECT state, last_used_at FROM tokens')).to.deep.equal({
      state: 'pending',
      last_used_at: null,
    });
    expect(await check(code(0))).to.equal('right');
    expect(await scratch.row('SELECT state, last_used_at FROM tokens')).to.deep.equal({
      state: 'active',
      last_used_at: now,
    });
  });

  it('is no TOTP token', async () => {
    await scratch.addToken({ userId, type: 'totp', key });
    expect(await check(code(0))).to.equal('wrong');
    expect(await check(code(now / 30_000))).to.equal('wrong');
  });

  describe('resynchronisation at the prompt', () => {
    const resync = { resync: true };

    it('is off: two consecutive codes from far ahead are wrong', async () => {
      await give();
      for (const at of [50, 51, 52]) expect(await check(code(at)), String(at)).to.equal('wrong');
      expect(await counter()).to.equal(0);
    });

    it('is on: the second of two consecutive codes is right, and moves the counter past it', async () => {
      await give();
      expect(await check(code(50), resync)).to.equal('wrong');
      expect(await counter()).to.equal(0);
      expect(await check(code(51), { ...resync, at: now + 5 * minutes - 1 })).to.equal('right');
      expect(await counter()).to.equal(52);
      for (const used of [50, 51]) expect(await check(code(used), resync), String(used)).to.equal('used');
      expect(await check(code(52), resync)).to.equal('right');
    });

    for (const [what, first, second, later] of [
      ['the same code twice', 50, 50, 0],
      ['the one after the next', 50, 52, 0],
      ['the one before', 50, 49, 0],
      ['the next one after five minutes', 50, 51, 5 * minutes],
      ['codes from more than a hundred ahead', 100, 101, 0],
    ] as const)
      it(`${what}: wrong, and the counter stays`, async () => {
        await give();
        expect(await check(code(first), resync)).to.equal('wrong');
        expect(await check(code(second), { ...resync, at: now + later })).to.equal('wrong');
        expect(await counter()).to.equal(0);
      });

    it('looks a hundred ahead', async () => {
      await give();
      expect(await check(code(99), resync)).to.equal('wrong');
      expect(await check(code(100), resync)).to.equal('right');
      expect(await counter()).to.equal(101);
    });

    it('never accepts a code that was accepted before, whatever is awaited', async () => {
      const id = await give({ counter: 200 });
      for (let at = 190; at < 200; at++) expect(await check(code(at), resync), String(at)).not.to.equal('right');
      await scratch.execute(
        'UPDATE tokens SET resync_next = 198, resync_until = ? WHERE id = ?',
        now + 5 * minutes,
        id,
      );
      expect(await check(code(198), resync)).to.equal('used');
      expect(await counter()).to.equal(200);
    });

    it('what was awaited is forgotten with a right code', async () => {
      await give();
      await check(code(50), resync);
      expect(await check(code(0), resync)).to.equal('right');
      expect(await check(code(51), resync)).to.equal('wrong');
      expect(await counter()).to.equal(1);
    });

    it('of 16 that race with the second code one is right', async () => {
      await give();
      await check(code(50), resync);
      const results = await Promise.all(Array.from({ length: 16 }, () => check(code(51), resync)));
      expect(results.filter((result) => result === 'right')).to.have.length(1);
      expect(await counter()).to.equal(52);
    });

    it('the codes of two tokens do not make one pair', async () => {
      await give();
      await give({ key: otherKey });
      expect(await check(code(50), resync)).to.equal('wrong');
      expect(await check(code(51, otherKey), resync)).to.equal('wrong');
    });
  });
});
