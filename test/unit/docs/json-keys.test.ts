import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { localConfig, Workplace } from '../cli/command.ts';

const manual = readFileSync(new URL('../../../../docs/command-line.md', import.meta.url), 'utf8');

/** The names of all members, at any depth. */
function namesIn(value: unknown): string[] {
  if (Array.isArray(value)) return value.flatMap(namesIn);
  if (typeof value !== 'object' || value === null) return [];
  return Object.entries(value).flatMap(([name, member]) => [name, ...namesIn(member)]);
}

describe('docs/command-line.md', () => {
  const work = new Workplace();
  before(async () => {
    work.write('radius.conf', localConfig);
    work.write('bad.conf', '[x]\n');
    await work.does(['user', 'add', 'alice']);
    await work.does(['token', 'add', 'alice', '--secret-stdin'], 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ\n');
  });
  after(() => work.remove());

  for (const line of [
    'check',
    'check --connect',
    'user list',
    'user show alice',
    'user devices alice',
    'user app-password list alice',
    'token list',
    'deliver list',
    'client list',
    'client show here',
    'explain --user alice --client here',
    'report fraud',
    'report delivery',
    'report usage',
    'report denials',
    'report user alice',
    'report enrolment',
    'audit verify',
  ])
    it(`names all that "${line} --json" tells, in one way of writing`, async () => {
      const names = new Set(namesIn(await work.json(line.split(' '))));
      const unnamed = [...names].filter((name) => !new RegExp(`\`(\\w+\\.)*${name}\``).test(manual));
      expect(unnamed).to.deep.equal([]);
      expect([...names].filter((name) => !/^[a-z_]+$/.test(name))).to.deep.equal([]);
    });

  it('names what "check --json" tells of mistakes', async () => {
    const { stdout, code } = await work.radgate(['check', '-c', 'bad.conf', '--json']);
    expect(code).to.equal(78);
    for (const name of namesIn(JSON.parse(stdout))) expect(manual).to.contain(`\`${name}\``);
  });
});
