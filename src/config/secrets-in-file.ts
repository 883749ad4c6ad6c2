import { dirname, resolve } from 'node:path';
import type { Context } from './context.ts';
import { readSecret, secretKeys } from './read-secret.ts';
import { allRows, readTree } from './read-tree.ts';
import type { Section } from './row.ts';
import { schema } from './schema.ts';

/**
 * The secrets that a config file gives, whether it is valid or not: those in it, and those in what it names. Where nothing can be had by that name,
 * the name itself: somebody may have written the secret there.
 * @param env where `x_env` and $CREDENTIALS_DIRECTORY are looked up
 */
export function secretsInFile(file: string, env: Context['env']): Buffer[] {
  const tree = readTree(file) ?? {};
  const context: Context = { dir: dirname(resolve(file)), env, error: () => undefined, warn: () => undefined };
  return Object.entries<Section>(schema).flatMap(([title, section]) => {
    const secrets = Object.entries(allRows(section)).filter(([, { type }]) => type.secret);
    const keys = secrets.flatMap(([key, { type }]) => secretKeys(key).map((given) => ({ key, type, given })));
    const tables = [tree[title]].flat().map((table) => Object(table) as Readonly<Record<string, unknown>>);
    return tables.flatMap((table) =>
      keys.flatMap(({ key, type, given }) => {
        const value = table[given];
        if (typeof value !== 'string') return [];
        const secret = readSecret({ table: { [given]: value }, path: [], key, title, type }, context);
        return [secret?.bytes ?? Buffer.from(value)];
      }),
    );
  });
}
