import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { LocalPrimary } from '../../../src/primary/local.ts';
import { hashPassword } from '../../../src/primary/password-hash.ts';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import { StoreError, type Store } from '../../../src/store/store.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';

describe('primary/local', () => {
  const stored = sharedStore();
  let scratch: ScratchStore;
  let primary: LocalPrimary;
  let hash: string;
  before(async () => (hash = await hashPassword(Buffer.from('right'), randomBytes(16))));
  beforeEach(async () => {
    ({ scratch } = stored);
    primary = new LocalPrimary('here', scratch.store);
    await scratch.addUser({ names: ['alice@corp.example', 'al'], password: hash });
  });
  afterEach(() => primary.close());

  const check = (userName: string | Buffer, password: string | Buffer = 'right'): Promise<PrimaryResult> =>
    primary.check({ userName: Buffer.from(userName), password: Buffer.from(password), attributes: [], deadline: 0 });
  const ok = { kind: 'ok', granted: [] };
  const bad = { kind: 'bad', relayed: undefined };

  for (const name of ['alice@corp.example', 'ALICE@CORP.EXAMPLE', 'alice', 'AL', 'CORP\\alice', '\uff41lice'])
    it(`${name} with the right password is let in`, async () => {
      expect(await check(name)).to.deep.equal(ok);
    });

  it('a wrong or an empty password is refused', async () => {
    for (const password of ['wrong', '', 'Right', 'right ']) expect(await check('alice', password)).to.deep.equal(bad);
  });

  it('an unknown, an invalid, a look-alike and an empty name meet the same refusal', async () => {
    for (const name of ['bob', 'al\u200bice', '\u00e1lice', '', Buffer.of(0xff)])
      expect(await check(name)).to.deep.equal(bad);
  });

  it('a disabled user is refused like a wrong password', async () => {
    await scratch.execute('UPDATE users SET disabled = 1');
    expect(await check('alice')).to.deep.equal(bad);
  });

  it('a user without a password here is refused, with whatever password', async () => {
    await scratch.addUser({ names: ['bob'] });
    for (const password of ['right', '']) expect(await check('bob', password)).to.deep.equal(bad);
  });

  it('a name that several users have without its domain is refused', async () => {
    await scratch.addUser({ names: ['alice@other.example'], password: hash });
    expect(await check('alice')).to.deep.equal(bad);
    expect(await check('alice@other.example')).to.deep.equal(ok);
  });

  it('a user who was locked by wrong codes may still prove the password: the lock is of the second factor', async () => {
    await scratch.execute('UPDATE users SET failures = 100');
    expect(await check('alice')).to.deep.equal(ok);
  });

  it('a store that fails makes it unreachable: neither let in nor refused', async () => {
    await scratch.store.close();
    const result = await check('alice');
    await scratch.reopen();
    expect(result.kind).to.equal('unreachable');
  });

  it('is bounded: beyond 256 checks under way it is unreachable at once', async () => {
    let fail: (error: Error) => void = () => undefined;
    const never = new Promise<never>((_, reject) => (fail = reject));
    const store: Store = { run: () => never, close: async () => undefined };
    const own = new LocalPrimary('here', store);
    const request = { userName: Buffer.from('alice'), password: Buffer.from('x'), attributes: [], deadline: 0 };
    const waiting = Array.from({ length: 256 }, () => own.check(request));
    expect(await own.check(request))
      .to.have.property('why')
      .that.matches(/256 passwords/);
    fail(new StoreError('closed'));
    for (const each of waiting) expect(await each).to.deep.equal({ kind: 'unreachable', why: 'closed' });
    expect(await own.check(request), 'there is room again').to.deep.equal({ kind: 'unreachable', why: 'closed' });
  });
});
