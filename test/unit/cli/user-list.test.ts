import { expect } from 'chai';
import { localConfig, Workplace } from './command.ts';

describe('radgate user list', () => {
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', localConfig);
    const names = Array.from({ length: 120 }, (_, i) => `user${String(i).padStart(3, '0')}`);
    await work.does(['user', 'import', work.write('users.csv', ['name', ...names, ''].join('\n')), '--apply']);
  });
  after(() => work.remove());

  it('shows a hundred and then how many more there are, and how to see them', async () => {
    const lines = (await work.does(['user', 'list'])).split('\n');
    expect(lines[1]).to.match(/^user000 /);
    expect(lines[100]).to.match(/^user099 /);
    expect(lines.slice(101)).to.deep.equal([
      '',
      '20 more users: add --offset 100, or a larger --limit (up to 10000).',
      '',
    ]);
  });

  it('shows the next page, and after the last one that there are no more', async () => {
    const lines = (await work.does(['user', 'list', '--offset', '100'])).trimEnd().split('\n');
    expect([lines.length, lines.at(-1)?.slice(0, 7)]).to.deep.equal([21, 'user119']);
    expect(await work.does(['user', 'list', '--offset', '120'])).to.equal('No more users: there are 120.\n');
    expect(await work.json(['user', 'list', 'user11', '--limit', '2', '--offset', '9'])).to.have.property('total', 10);
  });

  it('lists those without a token, until they have one', async () => {
    await work.does(['token', 'add', 'user000']);
    const { total, users } = (await work.json(['user', 'list', '--without-token', '--limit', '1'])) as {
      total: number;
      users: { name: string }[];
    };
    expect([total, users.map(({ name }) => name)]).to.deep.equal([119, ['user001']]);
  });

  it('refuses limits that are none', async () => {
    for (const limit of ['0', '-1', '1e3', '10001', ''])
      expect((await work.radgate(['user', 'list', '--limit', limit])).code, limit).to.equal(64);
  });
});
