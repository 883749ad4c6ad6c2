import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { execute } from '../../support/test-transactions.ts';
import { localConfig, Workplace } from './command.ts';

interface Link {
  readonly user: string;
  readonly state: string;
  readonly link: string | null;
}

const pages = '[web]\nlisten = ["127.0.0.1:0"]\nurl = "http://127.0.0.1"\n';
const numbered = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => `u${String(from + i).padStart(3, '0')}`);

describe('radgate user enrol', () => {
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', localConfig + pages);
    work.write('users.csv', ['name,groups', ...numbered(0, 250).map((name) => `${name},all`)].join('\n'));
    await work.does(['user', 'import', 'users.csv', '--apply']);
  });
  after(() => work.remove());

  const inStore = (sql: string): Promise<unknown> => work.inStore((store) => store.run(execute, { sql }));
  /** The store takes no link for this user. */
  const failAt = async (name: string): Promise<void> => {
    await inStore('DELETE FROM enrolments');
    await inStore('DROP TRIGGER IF EXISTS full');
    await inStore(`CREATE TRIGGER full BEFORE INSERT ON enrolments
      WHEN NEW.user_id = (SELECT id FROM users WHERE name = '${name}') BEGIN SELECT RAISE(ABORT, 'disk is full'); END`);
  };
  const printed = (stdout: string): string[] =>
    Array.from(stdout.matchAll(/^(\S+)\thttp:\/\/127\.0\.0\.1\/e\/[\w-]{22}$/gm), ([, user = '']) => user);

  it('has printed every link that was made when the store fails half-way, and a second run makes the rest', async () => {
    await failAt('u230');
    const failed = await work.radgate(['user', 'enrol', '--group', 'all']);
    expect([failed.code, printed(failed.stdout)]).to.deep.equal([69, numbered(0, 200)]);
    expect(failed.stderr)
      .to.contain('200 of 250 got a link')
      .and.contain('disk is full')
      .and.contain('--again')
      .and.not.contain('nothing was changed');
    await inStore('DROP TRIGGER full');
    const { code, stdout, stderr } = await work.radgate(['user', 'enrol', '--group', 'all']);
    expect([code, printed(stdout)]).to.deep.equal([0, numbered(200, 250)]);
    expect(stderr).to.contain('50 of 250 got a link').and.contain('200 had a link that is still good');
    expect(printed(await work.does(['user', 'enrol', '--group', 'all', '--again']))).to.deep.equal(numbered(0, 250));
  });

  it('tells them as JSON too, and says that nothing was changed where no link was made', async () => {
    await failAt('u130');
    const failed = await work.radgate(['user', 'enrol', '--group', 'all', '--json']);
    const { links } = JSON.parse(failed.stdout) as { links: Link[] };
    expect([failed.code, links.map(({ user }) => user)]).to.deep.equal([69, numbered(0, 100)]);
    expect(links.every(({ state, link }) => state === 'created' && link !== null)).to.equal(true);
    await failAt('u030');
    const none = await work.radgate(['user', 'enrol', '--group', 'all', '--json']);
    expect([none.code, none.stdout, none.stderr.includes('nothing was changed')]).to.deep.equal([69, '', true]);
    await inStore('DROP TRIGGER full');
  });

  it('says what is wrong with the file of users, with 64', async () => {
    writeFileSync(join(work.dir, 'latin-1.txt'), Buffer.from('u001\nJos\xe9\n', 'latin1'));
    const tries = [
      ['none.txt', 'cannot read none.txt: ENOENT'],
      ['.', 'cannot read .: EISDIR'],
      ['latin-1.txt', 'latin-1.txt:2: this line is damaged: it is no UTF-8'],
    ] as const;
    for (const [file, said] of tries) {
      const { code, stdout, stderr } = await work.radgate(['user', 'enrol', '--file', file]);
      expect([code, stdout]).to.deep.equal([64, '']);
      expect(stderr).to.contain(said);
    }
    work.write('unknown.txt', '# wave 2\n\nu001\nnobody\n');
    const unknown = await work.radgate(['user', 'enrol', '--file', 'unknown.txt']);
    expect([unknown.code, unknown.stderr.includes('unknown.txt:4: ')]).to.deep.equal([1, true]);
  });
});
