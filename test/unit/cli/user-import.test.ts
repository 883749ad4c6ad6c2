import { expect } from 'chai';
import { localConfig, Workplace } from './command.ts';

const good = `name;aliases;first name;last name;e-mail;phone;groups
alice;al|alice@corp.example;Alice;Liddell;alice@corp.example;+41 79 123 45 67;staff|vpn
bob;;;;;;
`;
const bad = `name,aliases,phone
carl,AL,
bjorn,,
björn,,
dave,,12
erik,,
`;

describe('radgate user import', () => {
  let work: Workplace;
  beforeEach(() => {
    work = new Workplace();
    work.write('radius.conf', localConfig);
  });
  afterEach(() => work.remove());
  const total = async (): Promise<unknown> => ((await work.json(['user', 'list'])) as { total: unknown }).total;

  it('says what would happen, and changes nothing until --apply', async () => {
    const file = work.write('users.csv', good);
    expect(await work.does(['user', 'import', file])).to.equal(
      'New: 2. Already there, left as they are: 0. Problems: 0.\nNothing was changed yet: --apply does it.\n',
    );
    expect(await total()).to.equal(0);
    expect(await work.does(['user', 'import', file, '--apply'])).to.equal(
      'Added: 2. Already there, left as they are: 0. Problems: 0.\n',
    );
    expect(await work.json(['user', 'show', 'AL'])).to.deep.include({
      name: 'alice',
      aliases: ['al', 'alice@corp.example'],
      first_name: 'Alice',
      phone: '+41791234567',
      groups: ['staff', 'vpn'],
    });
    expect(await work.json(['user', 'import', file, '--apply'])).to.deep.equal({
      applied: true,
      new: 0,
      present: 2,
      problems: [],
    });
  });

  it('tells each bad row with file, line and reason, and then imports none', async () => {
    await work.does(['user', 'import', work.write('users.csv', good), '--apply']);
    work.write('bad.csv', bad);
    for (const args of [[], ['--apply']]) {
      const { code, stdout, stderr } = await work.radgate(['user', 'import', 'bad.csv', ...args]);
      expect(code).to.equal(1);
      const lines = stdout.split('\n');
      expect(lines[0]).to.equal('bad.csv:2: "al" is a name of the user "alice" already.');
      expect(lines[1]).to.match(/^bad\.csv:4: "björn" could be the user of line 3: /);
      expect(lines[2]).to.match(/^bad\.csv:5: .*phone/);
      expect(lines[3]).to.equal('New: 2. Already there, left as they are: 0. Problems: 3.');
      expect(stderr).to.contain(args.length === 0 ? 'nothing would be imported' : 'nothing was imported');
    }
    expect(await total()).to.equal(2);
    const { code, stdout } = await work.radgate(['user', 'import', 'bad.csv', '--distinct', '--json']);
    expect(code).to.equal(1);
    const { problems, ...rest } = JSON.parse(stdout) as { problems: { line: number }[] };
    expect(rest).to.deep.equal({ applied: false, new: 3, present: 0 });
    expect(problems.map(({ line }) => line)).to.deep.equal([2, 5]);
  });

  it('refuses a file that is none of users', async () => {
    expect((await work.radgate(['user', 'import', work.write('x.csv', 'a,b\nc,d\n')])).code).to.equal(1);
    expect((await work.radgate(['user', 'import', 'none.csv'])).code).to.not.be.oneOf([0, 70]);
  });

  it('takes 5,000 users in seconds', async function () {
    this.timeout(180_000);
    const rows = Array.from({ length: 5000 }, (_, i) => `user${i},u${i}@corp.example;al${i},staff`);
    const file = work.write('many.csv', ['name,aliases,groups', ...rows, ''].join('\n'));
    const start = performance.now();
    expect(await work.does(['user', 'import', file, '--apply'])).to.match(/^Added: 5000\. /);
    expect(performance.now() - start).to.be.below(20_000);
    expect(await total()).to.equal(5000);
  });
});
