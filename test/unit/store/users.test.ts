import { expect } from 'chai';
import { OperatorError, type ErrorCode } from '../../../src/errors.ts';
import { foldUserName, type FoldedName } from '../../../src/policy/user-name.ts';
import {
  addUser,
  listUsers,
  removeUser,
  setUser,
  showUser,
  unlockUser,
  type NewUser,
  type UserChange,
} from '../../../src/store/users.ts';
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

function change(user: string, own: Partial<Omit<UserChange, 'user'>>): UserChange {
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
        hasPassword: true,
        phone: '+4179',
        email: 'a@b',
        disabled: false,
        failures: 0,
        created: 1234,
        lastLogin: null,
        tokens: [],
      });
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

  describe('listUsers', () => {
    beforeEach(async () => {
      await add('carl', { aliases: ['50%_off'] });
      await add('alice', { aliases: ['ally'] });
      const key = Buffer.alloc(20, 1);
      const form = { algorithm: 'sha1', digits: 6, period: 30, state: 'pending', now: 9 } as const;
      await run(addToken, { id: 't', user: fold('alice'), name: null, key, ...form });
    });
    const names = async (filter: string | null): Promise<string[]> =>
      (await run(listUsers, filter)).map(({ name }) => name);

    it('gives all by name, each with aliases and tokens', async () => {
      const users = await run(listUsers, null);
      expect(users.map(({ name, aliases }) => [name, ...aliases])).to.deep.equal([
        ['alice', 'ally'],
        ['carl', '50%_off'],
      ]);
      expect(users.map(({ tokens }) => tokens.length)).to.deep.equal([1, 0]);
    });

    it('filters by a part of any name, literally', async () => {
      expect(await names('lly')).to.deep.equal(['alice']);
      expect(await names('%')).to.deep.equal(['carl']);
      expect(await names('_off')).to.deep.equal(['carl']);
      expect(await names('a_i')).to.deep.equal([]);
      expect(await names('!')).to.deep.equal([]);
    });
  });

  describe('setUser', () => {
    beforeEach(() => add('alice', { password: 'old', phone: '1', email: 'x@y' }));
    const kept = (): Promise<unknown> => scratch.row('SELECT password, phone, email, disabled FROM users');

    it('changes what is given and leaves the rest', async () => {
      expect(await run(setUser, change('ALICE', { phone: '2' }))).to.equal('alice');
      expect(await kept()).to.deep.equal({ password: 'old', phone: '2', email: 'x@y', disabled: 0 });
      await run(setUser, change('alice', { email: null, password: 'new', disabled: true }));
      expect(await kept()).to.deep.equal({ password: 'new', phone: '2', email: null, disabled: 1 });
      await run(setUser, change('alice', { disabled: false }));
      expect(await kept()).to.have.property('disabled', 0);
    });

    it('adds and removes aliases, by which the user is found', async () => {
      await run(setUser, change('alice', { addAliases: ['al', 'ally'].map(fold) }));
      expect((await run(showUser, fold('AL'))).aliases).to.deep.equal(['al', 'ally']);
      await run(setUser, change('al', { removeAliases: [fold('al')] }));
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
        expect((await failure(run(setUser, change('alice', { ...own, phone: '3' })))).code).to.equal(code);
      expect(await scratch.row("SELECT phone FROM users WHERE name = 'alice'")).to.deep.equal({ phone: '1' });
      await run(setUser, change('alice', { addAliases: [fold('böb')], distinct: true }));
    });
  });

  it('unlockUser forgets the wrong codes and tells how many there were', async () => {
    await add('alice');
    await scratch.execute('UPDATE users SET failures = 7');
    expect(await run(unlockUser, fold('alice'))).to.deep.equal({ name: 'alice', failures: 7 });
    expect(await run(unlockUser, fold('alice'))).to.deep.equal({ name: 'alice', failures: 0 });
    expect((await failure(run(unlockUser, fold('bob')))).code).to.equal('not-found');
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
    expect(await run(removeUser, 'id of alice')).to.equal(true);
    expect(await run(removeUser, 'id of alice')).to.equal(false);
    expect(await scratch.query('SELECT id FROM tokens')).to.deep.equal([{ id: 'b' }]);
    expect(await scratch.query('SELECT folded FROM user_names')).to.deep.equal([{ folded: 'bob' }]);
    expect(await scratch.query('SELECT user_id FROM audit')).to.deep.equal([{ user_id: 'id of alice' }]);
  });
});
