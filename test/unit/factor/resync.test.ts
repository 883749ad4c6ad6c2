import { expect } from 'chai';
import { hotp } from '../../../src/factor/oath.ts';
import { resyncToken } from '../../../src/factor/resync.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { checkTotp } from '../../support/test-transactions.ts';

const key = Buffer.from('12345678901234567890');
const now = Date.UTC(2024, 0, 1, 12);
const step = now / 30_000;
const code = (counter: number, own: Buffer = key): string => hotp({ key: own, algorithm: 'sha1', digits: 6 }, counter);

describe('factor/resync, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['alice'] });
  });

  const nothing = { found: false, drift: 0 };

  describe('TOTP', () => {
    const resync = (tokenId: string, first: number, second: number, at = now): Promise<typeof nothing> =>
      scratch.store.run(resyncToken, { tokenId, type: 'totp', first: code(first), second: code(second), now: at });

    for (const drift of [0, 1, -1, 6, -6, 19, -19, 20, -20])
      it(`finds a token whose second code is ${drift} steps off, and keeps that`, async () => {
        const id = await scratch.addToken({ userId, key });
        expect(await resync(id, step + drift - 1, step + drift)).to.deep.equal({ found: true, drift });
        expect(await scratch.row('SELECT drift, last_step, last_used_at FROM tokens')).to.deep.equal({
          drift,
          last_step: step + drift,
          last_used_at: now,
        });
      });

    for (const drift of [21, -21, 100])
      it(`does not find one that is ${drift} steps off`, async () => {
        const id = await scratch.addToken({ userId, key });
        expect(await resync(id, step + drift - 1, step + drift)).to.deep.equal(nothing);
        expect(await scratch.row('SELECT drift, last_step FROM tokens')).to.deep.equal({ drift: 0, last_step: -1 });
      });

    it('takes two consecutive codes only, in their order', async () => {
      const id = await scratch.addToken({ userId, key });
      for (const [first, second] of [
        [step, step],
        [step, step + 2],
        [step, step - 1],
        [step + 1_000, step],
        [step - 1, step + 1_000],
      ] as const)
        expect(await resync(id, first, second), `${first - step} ${second - step}`).to.deep.equal(nothing);
      expect(await resync(id, step - 1, step)).to.deep.equal({ found: true, drift: 0 });
    });

    it('takes no code that was accepted before, as the first or the second', async () => {
      const id = await scratch.addToken({ userId, key, lastStep: step });
      expect(await resync(id, step - 1, step)).to.deep.equal(nothing);
      expect(await resync(id, step, step + 1)).to.deep.equal(nothing);
      expect(await resync(id, step + 1, step + 2)).to.deep.equal({ found: true, drift: 2 });
      expect(await resync(id, step + 1, step + 2), 'nor the same pair twice').to.deep.equal(nothing);
    });

    it('a token that is three minutes off logs in from then on, and before that it does not', async () => {
      for (const minutes of [3, -3]) {
        const own = Buffer.alloc(20, minutes + 10);
        const id = await scratch.addToken({ userId, key: own });
        const off = minutes * 2;
        const tryCode = async (steps: number): Promise<string> => {
          const windows = { totp: 1, hotp: 10, resyncAtPrompt: false };
          const at = now + steps * 30_000;
          const answer = { userId, octets: Buffer.from(code(step + steps + off, own)), now: at, windows, loginId: 'l' };
          return (await scratch.store.run(checkTotp, answer)).kind;
        };
        expect(await tryCode(0)).to.equal('wrong');
        const pair = { first: code(step + off, own), second: code(step + off + 1, own) };
        const input = { tokenId: id, type: 'totp', ...pair, now: now + 30_000 } as const;
        expect(await scratch.store.run(resyncToken, input)).to.deep.equal({ found: true, drift: off });
        expect(await tryCode(1), 'the second code is used').to.equal('used');
        expect(await tryCode(2)).to.equal('right');
        expect(await tryCode(2)).to.equal('used');
      }
    });

    it('of 16 that race with one pair one finds it', async () => {
      const id = await scratch.addToken({ userId, key });
      const results = await Promise.all(Array.from({ length: 16 }, () => resync(id, step + 5, step + 6)));
      expect(results.filter(({ found }) => found)).to.have.length(1);
    });

    it('codes of another key, of another length or none at all are not found', async () => {
      const id = await scratch.addToken({ userId, key });
      const other = Buffer.alloc(20, 1);
      for (const [first, second] of [
        [code(step, other), code(step + 1, other)],
        [code(step), code(step + 1, other)],
        [`0${code(step)}`, `0${code(step + 1)}`],
        ['', ''],
      ] as const)
        expect(await scratch.store.run(resyncToken, { tokenId: id, type: 'totp', first, second, now })).to.deep.equal(
          nothing,
        );
    });
  });

  describe('HOTP', () => {
    const resync = (tokenId: string, first: number, second: number): Promise<typeof nothing> =>
      scratch.store.run(resyncToken, { tokenId, type: 'hotp', first: code(first), second: code(second), now });
    const counter = async (): Promise<unknown> => (await scratch.row('SELECT counter FROM tokens'))['counter'];

    for (const ahead of [0, 1, 11, 50, 99])
      it(`finds a token that is ${ahead} ahead, and moves the counter past the second code`, async () => {
        const id = await scratch.addToken({ userId, type: 'hotp', key, counter: 30 });
        expect(await resync(id, 30 + ahead, 31 + ahead)).to.deep.equal({ found: true, drift: 0 });
        expect(await counter()).to.equal(32 + ahead);
      });

    it('does not find one that is a hundred ahead, or behind, or whose codes are not consecutive', async () => {
      const id = await scratch.addToken({ userId, type: 'hotp', key, counter: 30 });
      for (const [first, second] of [
        [130, 131],
        [28, 29],
        [29, 30],
        [40, 40],
        [40, 42],
        [41, 40],
      ] as const)
        expect(await resync(id, first, second), `${first} ${second}`).to.deep.equal(nothing);
      expect(await counter()).to.equal(30);
    });

    it('finds the pair even if the first code also comes earlier, alone', async () => {
      // A key with the same code twice within the window.
      let number = 0;
      let twin: { own: Buffer; early: number; late: number } | undefined;
      while (!twin) {
        const own = Buffer.alloc(20);
        own.writeUInt32BE(++number);
        const seen = new Map<string, number>();
        for (let at = 0; at < 99 && !twin; at++) {
          const each = code(at, own);
          const early = seen.get(each);
          if (early !== undefined) twin = { own, early, late: at };
          seen.set(each, at);
        }
      }
      const { own, early, late } = twin;
      expect(code(early, own)).to.equal(code(late, own));
      const tokenId = await scratch.addToken({ userId, type: 'hotp', key: own });
      const pair = { first: code(late, own), second: code(late + 1, own) };
      const result = await scratch.store.run(resyncToken, { tokenId, type: 'hotp', ...pair, now });
      expect(result.found).to.equal(true);
      expect(await counter()).to.equal(late + 2);
    });

    it('of 16 that race with one pair one finds it', async () => {
      const id = await scratch.addToken({ userId, type: 'hotp', key });
      const results = await Promise.all(Array.from({ length: 16 }, () => resync(id, 50, 51)));
      expect(results.filter(({ found }) => found)).to.have.length(1);
      expect(await counter()).to.equal(52);
    });
  });

  it('makes a pending token active, and leaves a disabled one disabled', async () => {
    const pending = await scratch.addToken({ id: 'p', userId, key, state: 'pending' });
    const disabled = await scratch.addToken({ id: 'q', userId, key: Buffer.alloc(20, 9), state: 'disabled' });
    const pair = (own: Buffer): { first: string; second: string } => ({
      first: code(step, own),
      second: code(step + 1, own),
    });
    await scratch.store.run(resyncToken, { tokenId: pending, type: 'totp', ...pair(key), now });
    await scratch.store.run(resyncToken, { tokenId: disabled, type: 'totp', ...pair(Buffer.alloc(20, 9)), now });
    expect(await scratch.query('SELECT id, state FROM tokens ORDER BY id')).to.deep.equal([
      { id: 'p', state: 'active' },
      { id: 'q', state: 'disabled' },
    ]);
  });

  it('a token that is gone is not found', async () => {
    const input = { tokenId: 'gone', type: 'totp', first: code(step), second: code(step + 1), now } as const;
    expect(await scratch.store.run(resyncToken, input)).to.deep.equal(nothing);
  });
});
