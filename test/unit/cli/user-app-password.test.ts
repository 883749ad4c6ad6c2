import { expect } from 'chai';
import { query } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

describe('radgate user app-password', () => {
  const work = new Workplace();
  const client = (name: string, address: string): string =>
    `[[client]]\nname = "${name}"\naddress = "${address}"\nsecret = "0123456789abcdef"\napplication_passwords = true\n`;
  before(async () => {
    work.write('radius.conf', localConfig + client('mail', '192.0.2.1'));
    work.write('two.conf', localConfig + client('mail', '192.0.2.1') + client('print', '192.0.2.2'));
    work.write('none.conf', localConfig);
    await work.does(['user', 'add', 'Alice']);
  });
  after(() => work.remove());
  const add = (...args: readonly string[]) => work.radgate(['user', 'app-password', 'add', ...args]);

  it('makes one, shown once and kept nowhere', async () => {
    const { stdout, stderr } = await add('alice', 'phone');
    expect(stdout).to.match(/^[A-Z2-7]{6}(-[A-Z2-7]{6}){3}\n$/);
    expect(stderr).to.contain('Good for "Alice" at "mail"');
    const made = await work.json(['user', 'app-password', 'add', 'alice', 'script']);
    expect(made).to.have.all.keys('user', 'name', 'client', 'password');
    expect(made).to.include({ user: 'Alice', name: 'script', client: 'mail' });
    const listed = await work.json(['user', 'app-password', 'list', 'ALICE']);
    expect(listed).to.have.nested.property('passwords[0].name', 'phone');
    expect(listed).to.have.nested.property('passwords[1].last_used', null);
    expect(JSON.stringify(listed)).not.to.contain(stdout.trim());
    const table = await work.does(['user', 'app-password', 'list', 'alice']);
    expect(table).to.match(/^NAME +CLIENT +ADDED +LAST USED\nphone +mail +\S+ \S+ +/);
    expect(await work.json(['user', 'show', 'alice'])).to.have.property('app_passwords', 2);
    expect(await work.does(['user', 'show', 'alice'])).to.match(/^App passwords +2 /m);
  });

  it('asks for the client where there are several, and takes none that takes no such passwords', async () => {
    const two = await add('alice', 'x', '-c', 'two.conf');
    expect([two.code, two.stderr]).to.deep.equal([64, two.stderr]);
    expect(two.stderr).to.contain('say for which client with --client: "mail", "print"');
    expect((await add('alice', 'printer', '--client', 'print', '-c', 'two.conf')).code).to.equal(0);
    const other = await add('alice', 'x', '--client', 'here');
    expect([other.code, other.stderr.includes('"here" takes no application passwords; "mail" does')]).to.deep.equal([
      64,
      true,
    ]);
    expect((await add('alice', 'x', '-c', 'none.conf')).stderr).to.contain('application_passwords = true');
    expect((await add('alice', ' ')).code).to.equal(64);
    expect((await add('nobody', 'x')).code).to.equal(1);
    expect((await add('alice', 'phone')).stderr).to.contain('"phone" already');
  });

  it('revokes one, or all, and says what it can not', async () => {
    const revoke = (...args: readonly string[]) => work.radgate(['user', 'app-password', 'revoke', 'alice', ...args]);
    expect((await revoke('phone')).stdout).to.equal('Revoked the application password "phone" of "Alice".\n');
    expect((await revoke('phone')).code).to.equal(1);
    for (const wrong of [[], ['script', '--all']]) expect((await revoke(...wrong)).code).to.equal(64);
    expect((await revoke('--all')).stdout).to.equal('Revoked 2 application password(s) of "Alice".\n');
    expect(await work.does(['user', 'app-password', 'list', 'alice'])).to.equal(
      '"Alice" has no application passwords.\n',
    );
    const sql = "SELECT reason FROM audit WHERE reason LIKE 'user-app-password-%' ORDER BY id";
    const rows = await work.inStore((store) => store.run(query, { sql }));
    expect(rows.map(({ reason }) => reason)).to.deep.equal([
      'user-app-password-add: phone, for mail',
      'user-app-password-add: script, for mail',
      'user-app-password-add: printer, for print',
      'user-app-password-revoke: phone',
      'user-app-password-revoke: all',
    ]);
  });

  it('a reset takes them', async () => {
    await add('alice', 'phone');
    expect(await work.does(['user', 'reset', 'alice', '--yes'])).to.contain(', 1 application password(s).');
    expect(await work.json(['user', 'show', 'alice'])).to.have.property('app_passwords', 0);
  });
});
