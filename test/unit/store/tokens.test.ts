import { expect } from 'chai';
import { OperatorError, type ErrorCode } from '../../../src/errors.ts';
import { hotp } from '../../../src/factor/oath.ts';
import { confirm, type ConfirmInput, type ConfirmOutput } from '../../../src/login/confirm.ts';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';
import { setToken } from '../../../src/store/set-token.ts';
import { addToken, listTokens, removeToken, type NewToken, type TokenSummary } from '../../../src/store/tokens.ts';
import { unassignToken } from '../../../src/store/unassign-token.ts';
import { lockoutRules, windows } from '../../support/login-rules.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

function fold(name: string): FoldedName {
  const folded = foldUserName(name);
  if (!folded) throw new Error(`${name} is no user name`);
  return folded;
}

describe('store/tokens', () => {
  const now = Date.UTC(2024, 0, 1, 12);
  let scratch: ScratchStore;
  let userId: string;
  let made = 0;

  const run: ScratchStore['store']['run'] = (transaction, input) => scratch.store.run(transaction, input);
  const keyOf = (number: number): Buffer => Buffer.alloc(20, number);
  const add = (own: Partial<NewToken> = {}): Promise<{ user: string; name: string }> => {
    made++;
    const usual = { algorithm: 'sha1', digits: 6, period: 30, state: 'active', now } as const;
    return run(addToken, { id: `t${made}`, user: fold('alice'), name: null, key: keyOf(made), ...usual, ...own });
  };
  const list = async (user: FoldedName | null = null): Promise<readonly TokenSummary[]> =>
    (await run(listTokens, { user, unassigned: false, limit: 100, offset: 0 })).tokens;
  const change = { id: 'c', command: 'token remove', at: now };
  const failure = async (promise: Promise<unknown>): Promise<[ErrorCode, string]> => {
    const error: unknown = await promise.then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).to.be.instanceOf(OperatorError);
    const { code, message } = error as OperatorError;
    return [code, message];
  };

  beforeEach(async () => {
    made = 0;
    scratch = await ScratchStore.open();
    userId = await scratch.addUser({ names: ['alice'] });
  });
  afterEach(() => scratch.remove());

  describe('addToken', () => {
    it('seals the key and gives the user found and the first free name', async () => {
      const key = Buffer.from('a key that must not be in the file');
      expect(await add({ user: fold('CORP\\ALICE'), key })).to.deep.equal({ user: 'alice', name: 'totp' });
      expect(await add()).to.deep.equal({ user: 'alice', name: 'totp-2' });
      expect(await add({ name: 'phone' })).to.deep.equal({ user: 'alice', name: 'phone' });
      const { secret } = await scratch.row("SELECT secret FROM tokens WHERE name = 'totp'");
      expect(Buffer.isBuffer(secret) && !secret.includes(key)).to.equal(true);
    });

    it('refuses a name twice, a key twice, an unknown user, and more than there can be', async () => {
      await add({ name: 'phone' });
      expect(await failure(add({ name: 'phone' }))).to.deep.equal(['exists', '"alice" has a token "phone" already']);
      expect(await failure(add({ key: keyOf(1) }))).to.deep.equal([
        'exists',
        '"alice" has this key already, in the token "phone"',
      ]);
      expect((await failure(add({ user: fold('bob') })))[0]).to.equal('not-found');
      while ((await list()).length < 20) await add();
      expect((await failure(add()))[0]).to.equal('refused');
      expect((await list()).length).to.equal(20);
    });

    it('lets two users have the same key', async () => {
      await scratch.addUser({ names: ['bob'] });
      await add({ key: keyOf(9) });
      await add({ key: keyOf(9), user: fold('bob') });
      expect((await list()).map(({ user }) => user)).to.deep.equal(['alice', 'bob']);
    });
  });

  it("listTokens gives one user's or all, without keys", async () => {
    await scratch.addUser({ names: ['bob'] });
    await add({ user: fold('bob'), name: 'device', algorithm: 'sha256', digits: 8, period: 60, state: 'pending' });
    await add();
    expect(await list(fold('BOB'))).to.deep.equal([
      {
        id: 't1',
        user: 'bob',
        name: 'device',
        serial: null,
        manufacturer: null,
        model: null,
        type: 'totp',
        state: 'pending',
        algorithm: 'sha256',
        digits: 8,
        period: 60,
        hasPin: false,
        validFrom: null,
        validUntil: null,
        lastStep: -1,
        drift: 0,
        counter: 0,
        created: now,
        lastUsed: null,
      },
    ]);
    expect((await list()).map(({ name }) => name)).to.deep.equal(['totp', 'device']);
    expect((await failure(list(fold('carl'))))[0]).to.equal('not-found');
  });

  it('removeToken takes one away, once', async () => {
    await add();
    await add();
    const removal = { id: 't1', change };
    expect([await run(removeToken, removal), await run(removeToken, removal)]).to.deep.equal([true, false]);
    expect((await list()).map(({ id }) => id)).to.deep.equal(['t2']);
  });

  describe('setToken', () => {
    const kept = { name: undefined, validFrom: undefined, validUntil: undefined, pin: undefined };
    const set = (disabled: boolean): Promise<null> => run(setToken, { id: 't1', ...kept, disabled, change });
    const state = async (): Promise<unknown> =>
      (await scratch.row("SELECT state FROM tokens WHERE id = 't1'"))['state'];

    for (const before of ['active', 'pending'] as const)
      it(`a token that is ${before} and was never used is so again when it is enabled`, async () => {
        await add({ state: before });
        await set(false);
        expect(await state(), 'it was enabled').to.equal(before);
        for (let twice = 0; twice < 2; twice++) {
          await set(true);
          expect(await state()).to.equal('disabled');
        }
        await set(false);
        expect(await state()).to.equal(before);
        expect(await scratch.row('SELECT state_before FROM tokens')).to.deep.equal({ state_before: null });
        expect(
          await scratch.query('SELECT changed_from, changed_to FROM audit WHERE changed_to IS NOT NULL ORDER BY id'),
        ).to.deep.equal([
          { changed_from: `{"state":"${before}"}`, changed_to: '{"state":"disabled"}' },
          { changed_from: '{"state":"disabled"}', changed_to: `{"state":"${before}"}` },
        ]);
      });

    it('a token that is taken from its user while it is disabled waits for no code of his', async () => {
      await add({ state: 'pending', serial: 'S1' });
      await set(true);
      await run(unassignToken, { serial: 'S1', change });
      await set(false);
      expect(await state()).to.equal('active');
    });

    for (const [used, expected] of [
      [null, 'pending'],
      [now, 'active'],
    ] as const)
      it(`a token that an older node has disabled is ${expected} if it was ${used === null ? 'never ' : ''}used`, async () => {
        await add();
        await scratch.execute("UPDATE tokens SET state = 'disabled', last_used_at = ?", used);
        await set(false);
        expect(await state()).to.equal(expected);
      });
  });

  describe('confirm', () => {
    const code = (number: number, step = now / 30_000): Buffer =>
      Buffer.from(hotp({ key: keyOf(number), algorithm: 'sha1', digits: 6 }, step));
    const tryCode = (answer: Buffer, own: Partial<ConfirmInput> = {}): Promise<ConfirmOutput> => {
      const about = {
        userId,
        userName: 'alice',
        client: 'c',
        clientAddress: '-',
        callingStationId: null,
        primary: '-',
      };
      const audit = { at: now, loginId: 'confirmation', latency: 0, ...about };
      const change = { id: 'confirmation', command: 'token confirm', at: now, actor: 'root' };
      const lockout = { ...lockoutRules, failures: 3 };
      return run(confirm, { userId, answer, now, windows, lockout, audit, change, ...own });
    };
    const audited = (): Promise<unknown> =>
      scratch.query('SELECT user_id, user_name, client, result, reason, actor FROM audit ORDER BY id');
    const row = (result: string, reason: string): object => {
      const [client, actor] = result === 'change' ? ['radgate token confirm', 'root'] : ['c', null];
      return { user_id: userId, user_name: 'alice', client, result, reason, actor };
    };
    const user = (): Promise<unknown> =>
      scratch.row('SELECT failures, last_login_at FROM users JOIN lockouts ON lockouts.user_id = users.id');

    it('makes a pending token active by its first right code, which is used up then and is no login', async () => {
      await add({ state: 'pending' });
      await scratch.execute("INSERT INTO lockouts (user_id, factor, failures) VALUES (?, 'code', 1)", userId);
      expect(await tryCode(code(1))).to.deep.equal({ outcome: 'accepted', confirmed: ['totp'] });
      expect(await user()).to.deep.equal({ failures: 0, last_login_at: null });
      expect(await scratch.row('SELECT state, last_step FROM tokens')).to.deep.equal({
        state: 'active',
        last_step: now / 30_000,
      });
      expect((await tryCode(code(1))).outcome).to.equal('code-used-last');
      expect(await audited()).to.deep.equal([row('change', 'token-confirm: totp'), row('reject', 'code-used-last')]);
    });

    it('counts wrong codes up to the lock, and then compares no more', async () => {
      await add({ state: 'pending' });
      const wrong = ['00000', '00001', '00002'].map((typed) => tryCode(Buffer.from(typed)));
      expect((await Promise.all(wrong)).map(({ outcome }) => outcome)).to.deep.equal([
        'code-wrong-last',
        'code-wrong-last',
        'locked',
      ]);
      expect(await tryCode(code(1))).to.deep.equal({ outcome: 'locked', confirmed: [] });
      expect(await scratch.row('SELECT state FROM tokens')).to.deep.equal({ state: 'pending' });
      expect(await user()).to.deep.equal({ failures: 3, last_login_at: null });
    });

    it('confirms nothing by the code of a token that is active', async () => {
      await add();
      await add({ state: 'pending' });
      expect(await tryCode(code(1))).to.deep.equal({ outcome: 'accepted', confirmed: [] });
      expect(await tryCode(code(2))).to.deep.equal({ outcome: 'accepted', confirmed: ['totp-2'] });
      expect(await audited()).to.deep.equal([
        row('change', 'token-confirm: totp was active already'),
        row('change', 'token-confirm: totp-2'),
      ]);
    });
  });
});
