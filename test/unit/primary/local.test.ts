import { randomBytes } from 'node:crypto';
import { expect } from 'chai';
import { FakeClock } from '../../support/fake-clock.ts';
import { LocalPrimary } from '../../../src/primary/local.ts';
import { hashPassword } from '../../../src/primary/password-hash.ts';
import type { PrimaryResult } from '../../../src/primary/primary.ts';
import type { ScratchStore } from '../../support/scratch-store.ts';
import { sharedStore } from '../../support/shared-store.ts';
import { primaryRequest, provenAsAsked, wrongPassword } from '../../support/primary-requests.ts';

describe('primary/local', () => {
  const stored = sharedStore();
  let scratch: ScratchStore;
  let primary: LocalPrimary;
  let hash: string;
  const clock = new FakeClock();
  const deadline = clock.monotonic() + 10_000;
  before(async () => (hash = await hashPassword(Buffer.from('right'), randomBytes(16))));
  beforeEach(async () => {
    ({ scratch } = stored);
    primary = new LocalPrimary({ name: 'here', keep: 'hash', store: scratch.store, clock });
    await scratch.addUser({ names: ['alice@corp.example', 'al'], password: hash });
  });
  afterEach(() => primary.close());

  const check = (userName: string | Buffer, password: string | Buffer = 'right'): Promise<PrimaryResult> =>
    primary.check(primaryRequest({ user: userName, password, deadline }));
  const ok = provenAsAsked();
  const bad = wrongPassword;

  for (const name of ['alice@corp.example', 'ALICE@CORP.EXAMPLE', 'alice', 'AL', 'CORP\\alice', '\uff41lice'])
    it(`${name} with the right password is let in`, async () => {
      expect(await check(name)).to.deep.equal(ok);
    });

  it('one of a realm is let in by no name of another, nor by none', async () => {
    const realms = { realms: [{ suffix: 'corp.example', primary: 'here' }], primary: 'here' };
    for (const [user, result] of [
      ['alice@corp.example', ok],
      ['corp.example/ALICE', ok],
      ['al', ok],
      ['alice', bad],
      ['CORP\\alice', bad],
      ['al@corp.example', bad],
    ] as const)
      expect(await primary.check(primaryRequest({ user, realms, deadline })), user).to.deep.equal(result);
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

  it('an empty password is never right, not even where one was kept', async () => {
    await scratch.addUser({ names: ['bob'], password: await hashPassword(Buffer.alloc(0), randomBytes(16)) });
    expect(await check('bob', '')).to.deep.equal(bad);
  });

  it('a name that several users have without its domain is refused', async () => {
    await scratch.addUser({ names: ['alice@other.example'], password: hash });
    expect(await check('alice')).to.deep.equal(bad);
    expect(await check('alice@other.example')).to.deep.equal(ok);
  });

  it('a user who was locked by wrong codes may still prove the password: the lock is of the second factor', async () => {
    await scratch.execute("INSERT INTO lockouts (user_id, factor, failures) SELECT id, 'code', 100 FROM users");
    expect(await check('alice')).to.deep.equal(ok);
  });

  it('a store that fails makes it unreachable: neither let in nor refused', async () => {
    await scratch.store.close();
    const result = await check('alice');
    await scratch.reopen();
    expect(result.kind).to.equal('unreachable');
  });

  it('is bounded for each client, and one that floods it delays only itself', async () => {
    const order: string[] = [];
    const ask = async (client: string): Promise<PrimaryResult> => {
      const result = await primary.check(primaryRequest({ password: 'x', client, deadline }));
      order.push(client);
      return result;
    };
    // Two are being checked, 128 wait.
    const flood = Array.from({ length: 140 }, () => ask('flooded'));
    const results = Promise.all([...flood, ask('quiet')]);
    expect(await Promise.race([results, Promise.any(flood)])).to.have.property('kind');
    await results;
    const kinds = (await results).map(({ kind }) => kind);
    expect(kinds.filter((kind) => kind === 'unreachable').length).to.equal(10);
    expect(kinds.at(-1)).to.equal('bad');
    expect(order.filter((client) => client === 'flooded').length).to.equal(140);
    expect(order.slice(10).indexOf('quiet'), 'its turn among those that were checked').to.be.below(10);
  }).timeout(60_000);

  it('does not check a password whose turn comes after the deadline', async () => {
    const result = await primary.check(primaryRequest({ deadline: clock.monotonic() }));
    expect(result).to.deep.include({ kind: 'unreachable', asked: false });
  });
});
