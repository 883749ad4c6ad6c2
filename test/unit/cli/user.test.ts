import { expect } from 'chai';
import { execute } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate user', () => {
  const work = new Workplace();
  before(() => void work.write('radius.conf', localConfig));
  after(() => work.remove());

  it('adds a user, who is listed and shown as given and never with the password', async () => {
    const args = ['user', 'add', 'Alice', '--alias', 'al', 'ally', '--phone', '+41 79 123 45 67'];
    const added = await work.does([...args, '--email', 'alice@corp.example', '--password-stdin'], 'pässword\n');
    expect(added).to.equal('Added the user "Alice".\n');
    const shown = await work.radgate(['user', 'show', 'CORP\\alice']);
    expect(shown.stdout)
      .to.match(/^Name +Alice$/m)
      .and.match(/^Other names +al, ally$/m)
      .and.match(/^Phone +\+41791234567$/m)
      .and.match(/^Local password +yes$/m);
    const { total, users } = (await work.json(['user', 'list', 'LLY'])) as {
      total: number;
      users: [Record<string, unknown>];
    };
    const [user] = users;
    expect([total, users.length]).to.deep.equal([1, 1]);
    expect(user).to.include({
      name: 'Alice',
      enabled: true,
      locked: false,
      failures: 0,
      local_password: true,
      phone: '+41791234567',
      email: 'alice@corp.example',
      last_login: null,
    });
    expect(user['created']).to.match(/^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
    expect(user['tokens']).to.deep.equal([]);
    expect(shown.stdout + JSON.stringify(user))
      .to.not.contain('pässword')
      .and.not.contain('scrypt');
  });

  it('refuses what cannot be right with 64, and then adds nobody', async () => {
    const tries = [
      ['a name with a character that cannot be seen', ['user', 'add', 'a\u200bb'], 'cannot be a user name'],
      ['a phone number', ['user', 'add', 'bob', '--phone', 'call me'], '--phone must'],
      ['a password where there is no terminal', ['user', 'add', 'bob', '--password'], '--password asks on a terminal'],
      ['no password', ['user', 'add', 'bob', '--password-stdin'], 'standard input ended before the new password'],
      ['no change', ['user', 'set', 'alice'], 'what is to be changed'],
      ['a contradiction', ['user', 'set', 'alice', '--enable', '--disable'], 'cannot be used with'],
    ] as const;
    const ends = await Promise.all(tries.map(([, args]) => work.radgate(args)));
    for (const [index, [what, , said]] of tries.entries()) {
      expect([what, ends[index]?.code]).to.deep.equal([what, 64]);
      expect(ends[index]?.stderr).to.contain(said);
    }
    expect(await work.json(['user', 'list', 'bob'])).to.deep.equal({ total: 0, users: [] });
  });

  it('refuses a name that is taken with 1, and one that is alike unless it is said to be another person', async () => {
    const taken = await work.radgate(['user', 'add', 'ALICE']);
    expect([taken.code, taken.stderr]).to.deep.equal([
      1,
      'radgate: "alice" is a name of the user "Alice" already\n' +
        '  Choose another name, or look at the one there is with "radgate user show".\n',
    ]);
    const alike = await work.radgate(['user', 'add', 'àlice']);
    expect(alike.code).to.equal(1);
    expect(alike.stderr).to.contain('could be the user "Alice"').and.contain('--distinct').and.contain('--add-alias');
    await work.does(['user', 'add', 'àlice', '--distinct']);
    expect(await work.does(['user', 'remove', 'àlice', '--yes'])).to.equal('Removed the user "àlice".\n');
  });

  it('keeps the person and the groups, by which users are listed', async () => {
    await work.does([
      'user',
      'set',
      'alice',
      '--first-name',
      ' Alice ',
      '--last-name',
      'Liddell',
      '--add-group',
      'a',
      'b',
    ]);
    const shown = await work.does(['user', 'show', 'alice']);
    expect(shown)
      .to.match(/^Person +Alice Liddell$/m)
      .and.match(/^Groups +a, b$/m);
    await work.does(['user', 'set', 'alice', '--last-name', '', '--remove-group', 'b']);
    const names = { first_name: 'Alice', last_name: null };
    const { total, users } = (await work.json(['user', 'list', '--group', 'a'])) as { total: number; users: unknown[] };
    expect(total).to.equal(1);
    expect(users[0]).to.include(names).and.have.property('groups').that.deep.equals(['a']);
    expect(await work.json(['user', 'list', '--group', 'b'])).to.deep.equal({ total: 0, users: [] });
    const { code, stderr } = await work.radgate(['user', 'set', 'alice', '--add-group', ' ']);
    expect([code, stderr]).to.deep.equal([64, 'radgate: the name of a group is empty\n']);
  });

  it('disables and enables a user', async () => {
    expect(await work.does(['user', 'disable', 'alice'])).to.contain('"Alice" is disabled');
    expect(await work.does(['user', 'list', '--disabled'])).to.match(/^Alice +disabled/m);
    expect(await work.does(['user', 'enable', 'alice'])).to.equal('The user "Alice" is enabled.\n');
    expect(await work.does(['user', 'list', '--disabled'])).to.equal('No such users.\n');
  });

  it('changes a user', async () => {
    const args = ['user', 'set', 'alice', '--phone', '', '--disable', '--add-alias', 'alicia', '--remove-alias', 'al'];
    expect(await work.does(args)).to.equal('Changed the user "Alice".\n');
    expect(await work.json(['user', 'show', 'alicia'])).to.include({ phone: null, enabled: false });
    await work.does(['user', 'set', 'alice', '--enable']);
    const unknown = await work.radgate(['user', 'show', 'al', '--json']);
    expect([unknown.code, unknown.stdout]).to.deep.equal([1, '']);
    expect(unknown.stderr).to.contain('there is no user "al"');
  });

  it('unlocks a user who has too many wrong codes', async () => {
    await work.does(['token', 'add', 'alice']);
    const sql = "INSERT INTO lockouts (user_id, factor, failures) SELECT id, 'code', 3 FROM users";
    await work.inStore((store) => store.run(execute, { sql }));
    expect(await work.json(['user', 'list', '--locked'])).to.have.property('total', 1);
    expect(await work.does(['user', 'list'])).to.match(/^Alice +locked +local +1 pending +never$/m);
    expect(await work.json(['user', 'show', 'alice'])).to.include({ locked: true, failures: 3 });
    expect(await work.does(['user', 'unlock', 'alice'])).to.contain('Unlocked the user "Alice": there were 3');
    expect(await work.json(['user', 'show', 'alice'])).to.include({ locked: false, failures: 0 });
    expect(await work.does(['user', 'unlock', 'alice'])).to.contain('was not locked');
  });

  it('removes nobody without a terminal to ask on, unless told --yes', async () => {
    const asked = await work.radgate(['user', 'remove', 'alice'], 'y\n');
    expect(asked.code).to.equal(64);
    expect(asked.stderr).to.contain('needs --yes');
    expect(await work.does(['user', 'remove', 'alice', '-y'])).to.equal('Removed the user "Alice" and 1 token(s).\n');
    expect(await work.does(['user', 'list'])).to.equal('No users yet. Add one with "radgate user add NAME".\n');
    expect(await work.json(['token', 'list'])).to.include({ total: 0 });
  });
});
