import { expect } from 'chai';
import { foldUserName } from '../../../src/policy/user-name.ts';
import {
  applyUsers,
  planUsers,
  type ImportPlan,
  type ImportedUser,
  type UserImport,
} from '../../../src/store/import-users.ts';
import { showUser } from '../../../src/store/users.ts';
import { packed } from '../../support/packed.ts';
import { sharedStore } from '../../support/shared-store.ts';

const change = { id: 'c1', command: 'user import', at: 77 };

function imported(name: string, aliases: readonly string[] = [], own: Partial<ImportedUser> = {}): ImportedUser {
  const names = [name, ...aliases].map((each) => foldUserName(each) ?? expect.fail(`${each} is no user name`));
  const nothing = { firstName: null, lastName: null, phone: null, email: null, groups: [] };
  return { id: `id of ${name}`, line: 0, name, names, ...nothing, ...own };
}

/** Each on a line of its own, after that of the header. */
function fileOf(users: readonly ImportedUser[]): readonly Buffer[] {
  return packed(users.map((user, index) => ({ ...user, line: index + 2 })));
}

describe('store: import of users', () => {
  const stored = sharedStore();
  const plan = (users: readonly ImportedUser[], own: Partial<UserImport> = {}): Promise<ImportPlan> =>
    stored.scratch.store.run(planUsers, { rows: fileOf(users), distinct: false, ...own });
  const apply = (users: readonly ImportedUser[], own: Partial<UserImport> = {}): Promise<ImportPlan> =>
    stored.scratch.store.run(applyUsers, { rows: fileOf(users), distinct: false, ...own, change });
  const names = async (): Promise<unknown[]> =>
    (await stored.scratch.query('SELECT name FROM users ORDER BY name')).map(({ name }) => name);

  it('keeps all that a row has, and tells the audit once', async () => {
    const facts = {
      firstName: 'Alice',
      lastName: 'L',
      phone: '+41791234567',
      email: 'a@b.example',
      groups: ['x', 'y'],
    };
    const result = await apply([imported('Alice', ['al', 'alice@corp.example'], facts), imported('bob')]);
    expect(result).to.deep.equal({ added: 2, present: 0, refused: [] });
    const shown = await stored.scratch.store.run(showUser, foldUserName('AL') ?? expect.fail());
    expect(shown).to.include({ name: 'Alice', firstName: 'Alice', lastName: 'L', created: 77, disabled: false });
    expect(shown).to.include({ phone: '+41791234567', email: 'a@b.example', hasPassword: false });
    expect([shown.aliases, shown.groups]).to.deep.equal([
      ['al', 'alice@corp.example'],
      ['x', 'y'],
    ]);
    expect(await stored.scratch.query('SELECT user_id, reason, result FROM audit')).to.deep.equal([
      { user_id: null, reason: 'user-import: 2 users', result: 'change' },
    ]);
  });

  it('leaves who is there as he is, so that the same file may come again', async () => {
    const users = [imported('alice', ['al']), imported('bob')];
    await apply(users);
    const again = [imported('AL', ['new'], { id: 'x' }), imported('bob', [], { id: 'y', phone: '+49123456789' })];
    expect(await apply([...again, imported('carl')])).to.deep.equal({ added: 1, present: 2, refused: [] });
    expect(await names()).to.deep.equal(['alice', 'bob', 'carl']);
    expect(await stored.scratch.query("SELECT 1 FROM user_names WHERE folded = 'new'")).to.deep.equal([]);
  });

  it('plans the same, and changes nothing', async () => {
    expect(await plan([imported('alice'), imported('bob')])).to.deep.equal({ added: 2, present: 0, refused: [] });
    expect(await names()).to.deep.equal([]);
  });

  it('takes none if one is refused, and says which and whose the name is', async () => {
    await apply([imported('alice', ['al']), imported('bjorn'), imported('carl@a.example')]);
    const users = [
      imported('good'),
      imported('dave', ['AL']),
      imported('björn'),
      imported('carl@b.example'),
      imported('erik', ['Good']),
      imported('göod'),
      imported('good@corp.example'),
      imported(
        'many',
        Array.from({ length: 20 }, (_, i) => `m${i}`),
      ),
      imported('grouped', [], { groups: Array.from({ length: 101 }, (_, i) => `g${i}`) }),
    ];
    const refused = [
      { line: 3, why: { kind: 'taken', name: 'al', owner: 'alice' } },
      { line: 4, why: { kind: 'alike', name: 'björn', owner: 'bjorn' } },
      { line: 5, why: { kind: 'alike', name: 'carl@b.example', owner: 'carl@a.example' } },
      { line: 6, why: { kind: 'taken', name: 'good', owner: 2 } },
      { line: 7, why: { kind: 'alike', name: 'göod', owner: 2 } },
      { line: 8, why: { kind: 'alike', name: 'good@corp.example', owner: 2 } },
      { line: 9, why: { kind: 'names' } },
      { line: 10, why: { kind: 'groups' } },
    ];
    expect(await plan(users)).to.deep.equal({ added: 1, present: 0, refused });
    expect(await apply(users)).to.deep.equal({ added: 1, present: 0, refused });
    expect(await names()).to.deep.equal(['alice', 'bjorn', 'carl@a.example']);
    expect(await stored.scratch.query('SELECT 1 FROM audit')).to.have.length(1);
  });

  it('takes those of similar names if they are said to be different people, but no name twice', async () => {
    await apply([imported('bjorn')]);
    const users = [imported('björn'), imported('a@x.example'), imported('a@y.example')];
    expect(await plan([...users, imported('BJÖRN')], { distinct: true })).to.deep.equal({
      added: 3,
      present: 0,
      refused: [{ line: 5, why: { kind: 'taken', name: 'björn', owner: 2 } }],
    });
    expect(await apply(users, { distinct: true })).to.deep.equal({ added: 3, present: 0, refused: [] });
  });

  it('takes spellings of one person in one row', async () => {
    expect(await apply([imported('björn', ['bjorn', 'bjorn@corp.example'])])).to.have.property('added', 1);
  });

  it('takes more rows than one statement carries', async () => {
    const users = Array.from({ length: 1001 }, (_, i) => imported(`user${i}`, [`alias${i}`], { groups: ['all'] }));
    expect(await apply(users)).to.have.property('added', 1001);
    expect(await stored.scratch.row('SELECT count(*) AS names FROM user_names')).to.deep.equal({ names: 2002 });
    expect(await apply(users)).to.have.property('present', 1001);
  });
});
