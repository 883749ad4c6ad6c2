import { expect } from 'chai';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';
import { countUsers, everyone, listUsers, type UserFilter } from '../../../src/store/list-users.ts';
import { addUser } from '../../../src/store/users.ts';
import { sharedStore } from '../../support/shared-store.ts';

function fold(name: string): FoldedName {
  return foldUserName(name) ?? expect.fail(`${name} is no user name`);
}

describe('store/listUsers', () => {
  const stored = sharedStore();
  const add = (name: string, aliases: readonly string[] = [], groups: readonly string[] = []): Promise<null> => {
    const names = [name, ...aliases].map(fold);
    const nothing = { password: null, phone: null, email: null, distinct: false };
    return stored.scratch.store.run(addUser, { id: `id of ${name}`, name, names, groups, ...nothing, now: 5 });
  };
  const page = async (filter: Partial<UserFilter>): Promise<[number, ...string[]]> => {
    const { total, users } = await stored.scratch.store.run(listUsers, { ...everyone, ...filter });
    return [total, ...users.map(({ name }) => name)];
  };

  beforeEach(async () => {
    await add('carl', ['50%_off'], ['staff', 'vpn']);
    await add('alice', ['ally'], ['staff']);
    await add('bob');
    const { scratch } = stored;
    await scratch.addToken({ id: 'a1', userId: 'id of alice', key: Buffer.alloc(20, 1) });
    await scratch.addToken({ id: 'a2', userId: 'id of alice', key: Buffer.alloc(20, 2), drift: -3, state: 'pending' });
    await scratch.addToken({ id: 'b1', userId: 'id of bob', key: Buffer.alloc(20, 3), state: 'disabled' });
    await scratch.execute("UPDATE users SET disabled = 1 WHERE name = 'bob'");
    await scratch.execute(
      "INSERT INTO lockouts (user_id, factor, failures, paused_until) VALUES ('id of carl', 'code', 4, 99)",
    );
  });

  it('gives all by name, each with what is its own', async () => {
    const { total, users } = await stored.scratch.store.run(listUsers, everyone);
    expect(total).to.equal(3);
    const told = users.map(({ name, aliases, groups, failures, pausedUntil, disabled, tokens }) => [
      name,
      aliases,
      groups,
      [failures, pausedUntil, disabled],
      tokens.map((token) => [token.id, token.state, token.drift]),
    ]);
    expect(told).to.deep.equal([
      [
        'alice',
        ['ally'],
        ['staff'],
        [0, null, false],
        [
          ['a1', 'active', 0],
          ['a2', 'pending', -3],
        ],
      ],
      ['bob', [], [], [0, null, true], [['b1', 'disabled', 0]]],
      ['carl', ['50%_off'], ['staff', 'vpn'], [4, 99, false], []],
    ]);
  });

  it('gives a page, and how many there are on all', async () => {
    expect(await page({ limit: 2 })).to.deep.equal([3, 'alice', 'bob']);
    expect(await page({ limit: 2, offset: 2 })).to.deep.equal([3, 'carl']);
    expect(await page({ offset: 3 })).to.deep.equal([3]);
    expect(await page({ group: 'staff', limit: 1, offset: 1 })).to.deep.equal([2, 'carl']);
  });

  it('filters by a part of any name, literally', async () => {
    expect(await page({ text: 'lly' })).to.deep.equal([1, 'alice']);
    expect(await page({ text: '%' })).to.deep.equal([1, 'carl']);
    expect(await page({ text: '_off' })).to.deep.equal([1, 'carl']);
    expect(await page({ text: 'a_i' })).to.deep.equal([0]);
    expect(await page({ text: '!' })).to.deep.equal([0]);
  });

  it('filters by group, lock, disabled and tokens that serve, and by all of it at once', async () => {
    expect(await page({ group: 'vpn' })).to.deep.equal([1, 'carl']);
    expect(await page({ group: 'VPN' })).to.deep.equal([0]);
    expect(await page({ failures: 4 })).to.deep.equal([1, 'carl']);
    expect(await page({ failures: 5 })).to.deep.equal([0]);
    expect(await page({ disabled: true })).to.deep.equal([1, 'bob']);
    expect(await page({ withoutToken: true })).to.deep.equal([2, 'bob', 'carl']);
    expect(await page({ withoutToken: true, group: 'staff', failures: 1, text: 'ar' })).to.deep.equal([1, 'carl']);
    expect(await page({ withoutToken: true, disabled: true, group: 'staff' })).to.deep.equal([0]);
  });

  it('countUsers counts users and tokens', async () => {
    expect(await stored.scratch.store.run(countUsers, null)).to.deep.equal({ users: 3, tokens: 3 });
  });
});
