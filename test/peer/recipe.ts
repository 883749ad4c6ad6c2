import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect } from 'chai';
import { hostPort } from './free-port.ts';
import { startRadgate, type Cli, type Radgate } from './radgate.ts';
import { makeTempDir, removeTempDir } from './temp-dir.ts';
import type { Peer } from './udp-client.ts';

export interface RecipeOptions {
  /** In docs/recipes, without its ending. */
  readonly page: string;
  /** By the files of the example that they are in. */
  readonly secrets: Readonly<Record<string, string>>;
  /** What else of the example this host has in another way. */
  readonly replaced: Readonly<Record<string, string>>;
  readonly prepare: (cli: Cli) => Promise<void>;
}

/** radgate as a page in docs/recipes has it, with this host's addresses and files in place of the example's. */
export interface Recipe {
  readonly radgate: Radgate;
  readonly at: Peer;
  /** The same as HOST:PORT. */
  readonly server: string;
  readonly stop: () => Promise<void>;
}

export async function startRecipe({ page, secrets, replaced, prepare }: RecipeOptions): Promise<Recipe> {
  const files = await makeTempDir('recipe');
  const written: Record<string, string> = {};
  for (const [i, [example, secret]] of Object.entries(secrets).entries()) {
    const file = (written[example] = join(files, `secret-${i}`));
    await writeFile(file, `${secret}\n`, { mode: 0o600 });
  }
  const config = (dir: string): string =>
    configOf(page, {
      '0.0.0.0:1812': '127.0.0.1:0',
      '/var/lib/radgate/radgate.db': `${dir}/radgate.db`,
      ...written,
      ...replaced,
    });
  const radgate = await startRadgate({ config, prepare });
  const [at = expect.fail('it listens nowhere')] = radgate.listening;
  return {
    radgate,
    at,
    server: hostPort(at.address, at.port),
    stop: async () => {
      await radgate.stop();
      await removeTempDir(files);
    },
  };
}

/** Each that is replaced must be there. */
function configOf(page: string, replacements: Readonly<Record<string, string>>): string {
  const file = new URL(`../../../docs/recipes/${page}.md`, import.meta.url);
  let config = /```toml\n(.*?)```/s.exec(readFileSync(file, 'utf8'))?.[1] ?? expect.fail(`${page} has no config`);
  for (const [example, own] of Object.entries(replacements)) {
    expect(config, 'what is replaced is there').to.contain(example);
    config = config.replaceAll(example, own);
  }
  return config;
}
