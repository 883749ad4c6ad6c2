import { readdirSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { expect } from 'chai';
import { Scratch } from './scratch.ts';

const docs = new URL('../../../../docs/', import.meta.url);
const pages = [
  ...readdirSync(new URL('primaries/', docs)).map((page) => `primaries/${page}`),
  'primaries.md',
  'accounting.md',
  'rd-gateway.md',
  'profiles.md',
];
const client = '[[client]]\nname = "vpn"\naddress = "192.0.2.10"\nsecret = "0123456789abcdef"\n';
const local = '[[primary]]\nname = "partner"\ntype = "local"\n';

describe('config: what the pages on primaries say', () => {
  const scratch = new Scratch();
  after(() => scratch.remove());

  it('is at least a config each, but for local users', () => {
    expect(pages).to.include.members(['primaries/nps.md', 'primaries/active-directory.md']);
  });

  for (const page of pages)
    for (const [, toml = ''] of readFileSync(new URL(page, docs), 'utf8').matchAll(/```toml\n([\s\S]*?)```/g))
      it(`${page}: ${toml.split('\n')[1]} loads`, () => {
        const files = Array.from(toml.matchAll(/_file = "(.*?)"/g), ([, file = '']) => file);
        for (const file of files) scratch.write(basename(file), '0123456789abcdef\n');
        const here = files.reduce((text, file) => text.replaceAll(file, basename(file)), toml);
        const primary = here.includes('[[primary]]') ? '' : local;
        const name = /\[\[primary\]\]\nname = (".*?")/.exec(here)?.[1] ?? '"partner"';
        const all = here.includes('[[client]]') ? here : `${here}\n${client}primary = ${name}\n`;
        expect(() => scratch.load(`${all}\n${primary}`)).not.to.throw();
      });
});
