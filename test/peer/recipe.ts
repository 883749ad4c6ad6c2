import { readFileSync } from 'node:fs';
import { expect } from 'chai';

/**
 * The configuration of a page in docs/recipes, with this host's addresses and files in place of the example's; each that is replaced must be there.
 * @param page without its ending
 */
export function recipe(page: string, replacements: Readonly<Record<string, string>>): string {
  const file = new URL(`../../../docs/recipes/${page}.md`, import.meta.url);
  let config = /```toml\n(.*?)```/s.exec(readFileSync(file, 'utf8'))?.[1] ?? expect.fail(`${page} has no config`);
  for (const [example, own] of Object.entries(replacements)) {
    expect(config, 'what is replaced is there').to.contain(example);
    config = config.replaceAll(example, own);
  }
  return config;
}
