import { expect } from 'chai';
import type { Change } from '../../../src/audit/change.ts';
import { OperatorError, type ErrorCode } from '../../../src/errors.ts';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';
import { addUser, removeUser, setUser, showUser, type NewUser, type UserChange } from '../../../src/store/users.ts';
import { addToken } from '../../../src/store/tokens.ts';
import { ScratchStore } from '../../support/scratch-store.ts';

function fold(name: string): FoldedName {
  const folded = foldUserName(name);
  if (!folded) throw new Error(`${name} is no user name`);
  return folded;
}

function newUser(name: string, own: Partial<Omit<NewUser, 'names'>> & { aliases?: readonly string[] } = {}): NewUser {
  const { aliases = [], ...rest } = own;
  const names = [name, ...aliases].map(fold);
  return {
    id: `id of ${name}`,
    name,
    names,
    password: null,
    phone: null,
    email: null,
    distinct: false,
    now: 5,
    ...rest,
  };
}

function changeOf(user: string, own: Partial<Omit<UserChange, 'user'>>): UserChange {
  const nothing = { password: undefined, phone: undefined, email: undefined, disabled: undefined };
  return { user: fold(user), ...nothing, addAliases: [], removeAliases: [], distinct: false, ...own };
}

async function failure(promise: Promise<unknown>): Promise<{ code: ErrorCode; message: string }> {
  const error: unknown = await promise.then(
    () => undefined,
    (reason: unknown) => reason,
  );
  expect(error).to.be.instanceOf(OperatorError);
  const { code, message } = error as OperatorError;
  return { code, message };
}

const change: Change = { id: 'c1', command: 'user test', at: 77 };

describe('store/users', () => {
  let scratch: ScratchStore;
  const run: ScratchStore['store']['run'] = (transaction, input) => scratch.store.run(transaction, input);
  const add = (name: string, own?: Parameters<typeof newUser>[1]): Promise<null> => run(addUser, newUser(name, own));

  beforeEach(async () => {
    scratch = await ScratchStore.open();
  });
  afterEach(() => scratch.remove());

  describe('addUser', () => {
    it('keeps a user with names, contact and hash, and shows all but the hash', async () => {
      await add('Alice', { aliases: ['al'], password: '$scrypt$x', phone: '+4179', email: 'a@b', now: 1234 });
      const shown = await run(showUser, fold('CORP\\ALICE'));
      expect(shown).to.deep.equal({
        id: 'id of Alice',
        name: 'Alice',
        aliases: ['al'],
        firstName: null,
        lastName: null,
        groups: [],
        hasPassword: true,
        keptPassword: null,
        phone: '+4179',
        email: 'a@b',
        language: null,
        preferredWay: null,
        disabled: false,
        failures: 0,
        pausedUntil: null,
        created: 1234,
        lastLogin: null,
        recoveryCodes: 0,
        appPasswords: 0,
        bypass: null,
        tokens: [],
      });
    });

    it('keeps the name of the person and the groups, and tells the audit', async () => {
      await add('alice', { firstName: 'Alice', lastName: 'Liddell', groups: ['staff', 'vpn', 'staff'], change });
      const shown = await run(showUser, fold('alice'));
      expect([shown.firstName, shown.lastName, shown.groups]).to.deep.equal(['Alice', 'Liddell', ['staff', 'vpn']]);
      expect(
        await scratch.row('SELECT at, login_id, user_id, user_name, client, method, result, reason FROM audit'),
      ).to.deep.equal({
        at: 77,
        login_id: 'c1',
        user_id: 'id of alice',
        user_name: 'alice',
        client: 'radgate user test',
        method: null,
        result: 'change',
        reason: 'user-test',
      });
      const groups = Array.from({ length: 101 }, (_, i) => `g${i}`);
      expect((await failure(add('bob', { groups }))).code).to.equal('refused');
      expect(await scratch.query("SELECT name FROM user_groups WHERE name = 'g0'")).to.deep.equal([]);
    });

    it('refuses a name that somebody has, in any spelling, and leaves nothing behind', async () => {
      await add('alice', { aliases: ['al'] });
      expect(await failure(add('ALICE', { id: 'other' }))).to.deep.equal({
        code: 'exists',
        message: '"alice" is a name of the user "alice" already',
      });
      const { code } = await failure(add('bob', { aliases: ['b', 'AL'] }));
      expect(code).to.equal('exists');
      expect(await scratch.query('SELECT name FROM users')).to.deep.equal([{ name: 'alice' }]);
      expect(await scratch.query("SELECT folded FROM user_names WHERE folded = 'b'")).to.deep.equal([]);
    });

    it('refuses a name that only differs in its domain, and says from whose', async () => {
      await add('alice@a.example');
      const { code, message } = await failure(add('alice@b.example'));
      expect(code).to.equal('alike');
      expect(message).to.contain('"alice@b.example"').and.contain('"alice@a.example"').and.contain('without a domain');
    });

    it('refuses a name that only differs in marks, and says from whose', async () => {
      await add('bjorn');
      const { code, message } = await failure(add('björn'));
      expect(code).to.equal('alike');
      expect(message).to.contain('"björn"').and.contain('"bjorn"').and.contain('accents');
      const alias = await failure(add('carl', { aliases: ['bjørn'] }));
      expect(alias.code).to.equal('alike');
    });

    it('takes both if they are said to be two people', async () => {
      await add('bjorn');
      await add('björn', { distinct: true });
      await add('alice@a.example');
      await add('alice@b.example', { distinct: true });
      expect((await run(showUser, fold('björn'))).name).to.equal('björn');
      expect((await run(showUser, fold('bjorn'))).name).to.equal('bjorn');
      expect((await run(showUser, fold('alice@b.example'))).name).to.equal('alice@b.example');
    });

    it('takes several spellings of the same person without --distinct', async () => {
      await add('bjorn', { aliases: ['björn', 'BJORN', 'bjorn@corp.example'] });
      expect((await run(showUser, fold('bjorn'))).aliases).to.have.members(['björn', 'bjorn@corp.example']);
    });

    it('bounds the names of one user', async () => {
      const aliases = Array.from({ length: 20 }, (_, i) => `alias${i}`);
      expect((await failure(add('alice', { aliases }))).code).to.equal('refused');
      await add('alice', { aliases: aliases.slice(1) });
    });
  });

  describe('showUser', () => {
    it('says why there is no such user: unknown, several, or somebody of a similar name', async () => {
      expect(await failure(run(showUser, fold('alice')))).to.deep.equal({
        code: 'not-found',
        message: 'there is no user "alice"',
      });
      await add('alice@a.example');
      await add('alice@b.example', { distinct: true });
      const several = await failure(run(showUser, fold('alice')));
      expect(several.message).to.contain('"alice@a.example", "alice@b.example"').and.contain('whole name');
      await add('bjorn');
      const alike = await failure(run(showUser, fold('björn')));
      expect(alike.message).to.contain('only "bjorn"');
      expect([several.code, alike.code]).to.deep.equal(['not-found', 'not-found']);
    });
  });

  describe('setUser', () => {
    beforeEach(() => add('alice', { password: 'old', phone: '1', email: 'x@y' }));
    const kept = (): Promise<unknown> => scratch.row('SELECT password, phone, email, disabled FROM users');

    it('changes what is given and leaves the rest', async () => {
      expect(await run(setUser, changeOf('ALICE', { phone: '2' }))).to.equal('alice');
      expect(await kept()).to.deep.equal({ password: 'old', phone: '2', email: 'x@y', disabled: 0 });
      await run(setUser, changeOf('alice', { email: null, password: 'new', disabled: true }));
      expect(await kept()).to.deep.equal({ password: 'new', phone: '2', email: null, disabled: 1 });
      await run(setUser, changeOf('alice', { disabled: false }));
      expect(await kept()).to.have.property('disabled', 0);
    });

    it('changes names and groups, and tells the audit what, but no values', async () => {
      await run(setUser, changeOf('alice', { addGroups: ['a', 'b'], firstName: 'Al' }));
      await run(
        setUser,
        changeOf('alice', { addGroups: ['c', 'a'], removeGroups: ['b'], firstName: null, password: 'secret', change }),
      );
      const { groups, firstName } = await run(showUser, fold('alice'));
      expect([groups, firstName]).to.deep.equal([['a', 'c'], null]);
      expect((await failure(run(setUser, changeOf('alice', { removeGroups: ['b'], phone: '9' })))).code).to.equal(
        'not-found',
      );
      expect(await kept()).to.have.property('phone', '1');
      expect(await scratch.query('SELECT reason FROM audit')).to.deep.equal([
        { reason: 'user-test: first name, password, groups' },
      ]);
    });

    it('adds and removes aliases, by which the user is found', async () => {
      await run(setUser, changeOf('alice', { addAliases: ['al', 'ally'].map(fold) }));
      expect((await run(showUser, fold('AL'))).aliases).to.deep.equal(['al', 'ally']);
      await run(setUser, changeOf('al', { removeAliases: [fold('al')] }));
      expect((await run(showUser, fold('alice'))).aliases).to.deep.equal(['ally']);
      expect((await failure(run(showUser, fold('al')))).code).to.equal('not-found');
    });

    it('refuses an alias that is somebody else, is alike, or is none, and then changes nothing at all', async () => {
      await add('bob');
      const tries = [
        [{ addAliases: [fold('bob')] }, 'exists'],
        [{ addAliases: [fold('böb')] }, 'alike'],
        [{ removeAliases: [fold('bob')] }, 'not-found'],
        [{ removeAliases: [fold('ALICE')] }, 'refused'],
      ] as const;
      for (const [own, code] of tries)
        expect((await failure(run(setUser, changeOf('alice', { ...own, phone: '3' })))).code).to.equal(code);
      expect(await scratch.row("SELECT phone FROM users WHERE name = 'alice'")).to.deep.equal({ phone: '1' });
      await run(setUser, changeOf('alice', { addAliases: [fold('böb')], distinct: true }));
    });
  });

  it('removeUser takes names and tokens along, and leaves others and the audit', async () => {
    await add('alice', { aliases: ['al'] });
    await add('bob');
    const form = { name: null, algorithm: 'sha1', digits: 6, period: 30, state: 'active', now: 9 } as const;
    await run(addToken, { id: 'a', user: fold('alice'), key: Buffer.alloc(20, 1), ...form });
    await run(addToken, { id: 'b', user: fold('bob'), key: Buffer.alloc(20, 1), ...form });
    await scratch.execute(
      `INSERT INTO audit (at, login_id, user_id, user_name, client, client_address, primary_name, result, reason, latency_ms)
       VALUES (1, 'l', 'id of alice', 'alice', 'c', 'a', 'p', 'accept', 'accepted', 1)`,
    );
    expect(await run(removeUser, { id: 'id of alice', name: 'alice', change })).to.equal(true);
    expect(await run(removeUser, { id: 'id of alice', name: 'alice', change })).to.equal(false);
    expect(await scratch.query('SELECT id FROM tokens')).to.deep.equal([{ id: 'b' }]);
    expect(await scratch.query('SELECT folded FROM user_names')).to.deep.equal([{ folded: 'bob' }]);
    expect(await scratch.query('SELECT user_id, reason FROM audit')).to.deep.equal([
      { user_id: 'id of alice', reason: 'accepted' },
      { user_id: 'id of alice', reason: 'user-test' },
    ]);
  });
});
