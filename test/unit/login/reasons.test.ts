import { readdirSync, readFileSync } from 'node:fs';
import { expect } from 'chai';
import { outcomes } from '../../../src/login/outcome.ts';
import { changeReasons, loginReasons, reasonOf, reasonsBeyondOutcomes } from '../../../src/login/reasons.ts';
import { reasonsDoc } from '../../../src/login/reasons-doc.ts';

// From dist/test/unit/login/ up to the checkout.
const root = new URL('../../../../', import.meta.url);
const sourcesIn = (dir: string): string[] =>
  readdirSync(new URL(dir, root), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts') && name !== 'login/reasons.test.ts')
    .map((name) => readFileSync(new URL(dir + name, root), 'utf8'));

describe('login: reasons', () => {
  it('docs/reasons.md is what their table makes: else run node dist/src/login/generate-reasons.js', () => {
    expect(readFileSync(new URL('docs/reasons.md', root), 'utf8')).to.equal(reasonsDoc());
  });

  it('are all outcomes and the challenge that nobody answers, each with what it says and what can be done', () => {
    expect([...loginReasons.keys()]).to.have.members([...Object.keys(outcomes), ...reasonsBeyondOutcomes]);
    for (const [name, { meaning, remedy }] of [...loginReasons, ...changeReasons]) {
      expect(meaning, name).to.match(/^[A-Za-z].{9,}$/);
      expect(remedy, name).to.match(/^["A-Z].{9,}\.$/);
    }
  });

  it('that the scripts of the machine do not reach are reached in unit tests', () => {
    const scripts = readFileSync(new URL('test/machine/logins.txt', root), 'utf8');
    const tests = [...sourcesIn('test/unit/'), ...sourcesIn('test/contract/')].join('\n');
    const bySome = (name: string): boolean =>
      new RegExp(`(?:ACCEPT|REJECT|CHALLENGE|SILENCE) ${name}(?![a-z-])`).test(scripts) ||
      new RegExp(`['" ]${name}['":]`).test(tests);
    expect([...loginReasons.keys()].filter((name) => !bySome(name))).to.deep.equal([]);
  });

  it('of changes are the commands that make changes, and no other', () => {
    const made = sourcesIn('src/cli/').flatMap((source) => [
      ...Array.from(source.matchAll(/newChange\('([a-z -]+)'\)/g), ([, command = '']) => command.replaceAll(' ', '-')),
      ...(source.includes('newChange(`user ${verb}`)') ? ['user-disable', 'user-enable'] : []),
    ]);
    expect([...changeReasons.keys()]).to.have.members([...new Set(made)]);
  });

  it('are found with what follows a colon; of others nothing is said', () => {
    expect(reasonOf('user-set: phone')).to.equal(changeReasons.get('user-set'));
    expect(reasonOf('code-wrong')?.meaning).to.equal('wrong code, asked again');
    expect(reasonOf('code-wrong: x')).to.equal(undefined);
  });
});
