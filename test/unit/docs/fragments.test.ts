import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { Scratch } from '../config/scratch.ts';

const root = new URL('../../../../', import.meta.url);
const pages = [
  'README.md',
  ...readdirSync(new URL('docs/', root), { recursive: true, encoding: 'utf8' })
    .filter((page) => page.endsWith('.md'))
    .map((page) => `docs/${page}`),
];
/** Recipes are run by tests of their own. */
const fragments = pages
  .filter((page) => !page.startsWith('docs/recipes/'))
  .flatMap((page) =>
    Array.from(readFileSync(new URL(page, root), 'utf8').matchAll(/```toml\n([\s\S]*?)```/g), ([, toml = '']) => ({
      page,
      toml,
    })),
  );

/** A fragment, with the sections that its page has told of before. */
function complete(toml: string): string {
  const client = /^client = "(.*?)"/m.exec(toml)?.[1] ?? 'any';
  const primary = /^primary = "(.*?)"/m.exec(toml)?.[1] ?? 'any';
  const directory =
    'type = "ldap"\nserver = "ldaps://dc1.corp.example"\ndirectory = "ad"\nbase_dn = "DC=corp,DC=example"\nbind_dn = "CN=radgate,DC=corp,DC=example"\nbind_password = "0123456789abcdef"';
  return [
    toml,
    ...(toml.includes('[[client]]')
      ? []
      : [`[[client]]\nname = "${client}"\naddress = "198.51.100.1"\nsecret = "0123456789abcdef"`]),
    ...(toml.includes('[[primary]]')
      ? []
      : [`[[primary]]\nname = "${primary}"\n${toml.includes('{attribute:') ? directory : 'type = "local"'}`]),
    ...(toml.includes('"link"')
      ? [
          '[web]\nlisten = "127.0.0.1:8443"\nurl = "https://mfa.corp.example"',
          '[[provider]]\nname = "mail"\ntype = "smtp"\nserver = "mail.example:587"\nfrom = "a@corp.example"',
        ]
      : []),
  ].join('\n');
}

describe('the config of the pages', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('is found', () => {
    expect(fragments).to.have.length.greaterThan(35);
    expect(fragments.map(({ page }) => page)).to.include.members([
      'README.md',
      'docs/approvals.md',
      'docs/policies.md',
    ]);
  });

  for (const { page, toml } of fragments)
    it(`${page}: ${toml.split('\n', 2).join(' ')} loads`, () => {
      const files = Array.from(
        toml.matchAll(/(?:_file|certificate|certificate_key) *= "(.*?)"/g),
        ([, file = '']) => file,
      );
      for (const file of files) scratch.write(basename(file), '0123456789abcdef\n');
      const here = files.reduce((text, file) => text.replaceAll(`"${file}"`, `"${basename(file)}"`), toml);
      expect(scratch.errorsOf(complete(here))).to.deep.equal([]);
    });
});
