import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';

const root = fileURLToPath(new URL('../../../../', import.meta.url));
const docs = readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' });
const pages = [
  'README.md',
  'CHANGELOG.md',
  'CONTRIBUTING.md',
  ...docs.filter((name) => name.endsWith('.md')).map((name) => join('docs', name)),
];
const prose = (page: string): string => readFileSync(page, 'utf8').replaceAll(/^ *```[\s\S]*?^ *```$/gm, '');

/** What the heading is called in links to it: letters, digits, "-" and "_" of its text in lower case, blanks as "-". */
const anchorOf = (heading: string): string =>
  heading
    .replaceAll(/\[(.*?)\]\(.*?\)/g, '$1')
    .toLowerCase()
    .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
    .trim()
    .replaceAll(/\s/g, '-');
const anchorsOf = (page: string): string[] =>
  Array.from(prose(page).matchAll(/^#+ (.*)$/gm), ([, heading = '']) => anchorOf(heading));

describe('the pages', () => {
  it('are found', () => {
    expect(pages).to.include.members(['docs/running.md', 'docs/recipes/README.md', 'docs/decisions/09-time.md']);
  });

  for (const page of pages)
    it(`${page}: each link leads somewhere`, () => {
      const file = join(root, page);
      const links = Array.from(prose(file).matchAll(/\]\(([^)\s]+)\)/g), ([, link = '']) => link);
      const dead = links
        .filter((link) => !/^https?:/.test(link))
        .filter((link) => {
          const [path = '', anchor] = link.split('#');
          const target = path === '' ? file : resolve(dirname(file), path);
          return !existsSync(target) || (anchor !== undefined && !anchorsOf(target).includes(anchor));
        });
      expect(dead).to.deep.equal([]);
    });

  it('name no page of docs that is not there, and each page can be found from the README', () => {
    const named = pages.flatMap((page) =>
      Array.from(readFileSync(join(root, page), 'utf8').matchAll(/(?<![\w./-])docs\/[\w./-]*\w/g), ([name]) => name),
    );
    expect([...new Set(named)].filter((name) => !existsSync(join(root, name)))).to.deep.equal([]);

    const seen = new Set<string>();
    const follow = (page: string): void => {
      if (seen.has(page)) return;
      seen.add(page);
      for (const [, link = ''] of prose(join(root, page)).matchAll(/\]\(([^)\s#]+)/g)) {
        const target = relative(root, resolve(root, dirname(page), link));
        if (pages.includes(target)) follow(target);
        else if (target === 'docs/decisions')
          for (const decision of pages.filter((each) => dirname(each) === target)) follow(decision);
      }
    };
    follow('README.md');
    expect(pages.filter((page) => !seen.has(page) && page !== 'CHANGELOG.md')).to.deep.equal([]);
  });
});
