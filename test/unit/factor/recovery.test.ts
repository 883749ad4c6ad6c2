import { expect } from 'chai';
import type { CheckResult } from '../../../src/factor/factor.ts';
import { recoveryCode } from '../../../src/factor/recovery.ts';
import { attempt, type AttemptOutput } from '../../../src/login/attempt.ts';
import { foldUserName } from '../../../src/policy/user-name.ts';
import { identify } from '../../../src/store/identify.ts';
import { attemptInput } from '../../support/attempt-input.ts';
import { lockoutRules, windows } from '../../support/login-rules.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { addRecoveryCode, checkRecovery } from '../../support/test-transactions.ts';

const now = Date.UTC(2024, 0, 1, 12);
const code = 'ABCDE23456';
const another = 'ZZZZZ77777';

describe('factor/recovery, on a real store', () => {
  const shared = sharedStore();
  let scratch: ScratchStore;
  let userId: string;
  beforeEach(async () => {
    ({ scratch } = shared);
    userId = await scratch.addUser({ names: ['alice'] });
    for (const each of [code, another]) await scratch.store.run(addRecoveryCode, { userId, code: each });
  });

  const check = async (typed: string | Buffer, user = userId): Promise<CheckResult['kind']> => {
    const answer = { userId: user, octets: Buffer.from(typed), now, windows, loginId: 'l' };
    return (await scratch.store.run(checkRecovery, answer)).kind;
  };

  it('a code is good once, and told from a wrong one afterwards; the others stay good', async () => {
    expect(await check(code)).to.equal('right');
    expect(await check(code)).to.equal('used');
    expect(await check('ABCDE23457')).to.equal('wrong');
    expect(await check(another)).to.equal('right');
    expect(await scratch.query('SELECT used_at FROM recovery_codes')).to.deep.equal([
      { used_at: now },
      { used_at: now },
    ]);
  });

  for (const typed of [
    'ABCDE-23456',
    'abcde-23456',
    'aBcDe23456',
    ' abcde 23456 ',
    '-A-B-C-D-E-2-3-4-5-6-',
    'ABCDE23456\r\n',
  ])
    it(`${JSON.stringify(typed)} is the same code`, async () => {
      expect(await check(typed)).to.equal('right');
      expect(await check(code)).to.equal('used');
    });

  for (const typed of [
    '',
    '-',
    'ABCDE2345',
    'ABCDE234567',
    'ABCDE_23456',
    'ABCDE.23456',
    'ABCDE23456\0',
    'ABCDE2345\u0662',
  ])
    it(`${JSON.stringify(typed)} is none`, async () => {
      expect(await check(typed)).to.equal('wrong');
      expect(await check(code)).to.equal('right');
    });

  it('octets that are no text are none', async () => {
    expect(await check(Buffer.concat([Buffer.from(code), Buffer.of(0xff)]))).to.equal('wrong');
  });

  it('0, 1, 8 and 9, which are in no code, make it none', () => {
    for (const digit of '0189') expect(recoveryCode(`ABCDE2345${digit}`), digit).to.equal(undefined);
    expect(recoveryCode('abcde-23456')).to.equal(code);
  });

  it('of another user is wrong, and stays good for that one', async () => {
    const bob = await scratch.addUser({ names: ['bob'] });
    expect(await check(code, bob)).to.equal('wrong');
    await scratch.store.run(addRecoveryCode, { userId: bob, code });
    expect(await check(code, bob)).to.equal('right');
    expect(await check(code)).to.equal('right');
  });

  it('is kept as a keyed digest', async () => {
    for (const { digest } of await scratch.query('SELECT digest FROM recovery_codes'))
      expect(Buffer.isBuffer(digest) && digest.length === 32 && !digest.includes(code)).to.equal(true);
  });

  describe('in a login', () => {
    const answer = (typed: string): Promise<AttemptOutput> =>
      scratch.store.run(attempt, { ...attemptInput(userId, typed, now), methods: ['totp', 'hotp', 'recovery'] });
    const methods = async (): Promise<unknown> => {
      const name = foldUserName('alice') ?? expect.fail('no name');
      const identity = await scratch.store.run(identify, {
        proven: [],
        asked: name,
        realms: undefined,
        lockout: lockoutRules,
        now,
      });
      return identity.kind === 'known' && identity.methods;
    };

    it('counts as every code does: wrong ones lock, a right one ends the count', async () => {
      for (let i = 0; i < 9; i++)
        expect((await answer(`AAAAAAAA2${'234567AB'[i] ?? 'C'}`)).outcome).to.equal('code-wrong');
      expect(await answer(code)).to.deep.equal({ outcome: 'accepted', method: 'recovery' });
      expect(await scratch.row('SELECT failures FROM lockouts')).to.deep.equal({ failures: 0 });
      expect(await scratch.query("SELECT method FROM audit WHERE result = 'accept'")).to.deep.equal([
        { method: 'recovery' },
      ]);
    });

    it('is a method as long as one is left', async () => {
      expect(await methods()).to.deep.equal(['recovery']);
      await answer(code);
      expect(await methods()).to.deep.equal(['recovery']);
      await answer(another);
      expect(await methods()).to.deep.equal([]);
    });

    it('a used one is told as used, and counted', async () => {
      await answer(code);
      expect((await answer(code)).outcome).to.equal('code-used');
      expect(await scratch.row('SELECT failures FROM lockouts')).to.deep.equal({ failures: 1 });
    });
  });
});
