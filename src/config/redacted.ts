import { parse } from 'smol-toml';
import { secretKeys } from './read-secret.ts';
import { readSmallFile } from './read-file.ts';
import type { Rows, Section } from './row.ts';
import { schema } from './schema.ts';

/** As loadConfig has it. */
const largest = 1024 * 1024;
const deepest = 16;

/** What stands for what is not shown. */
const leftOut = '[left out]';

/** Keys whose values may hold a secret that nobody marked as one, and what is shown of them. */
const risky: Readonly<Record<string, (value: unknown) => unknown>> = {
  'provider.url': originOf,
  'provider.form': () => leftOut,
  'provider.json': () => leftOut,
  'provider.topic': () => leftOut,
  'provider.header': (value) => listOf(value, (header) => `${header.split(':', 1)[0]}: ${leftOut}`),
  'policy.attribute': (value) => listOf(value, attributeOnly),
  'policy.reply': (value) => listOf(value, attributeOnly),
  'policy.reply_add': (value) => listOf(value, attributeOnly),
  'policy.reply_by_group': (value) => listOf(value, attributeOnly),
};
/** Keys whose values name persons or accounts. */
const names = new Set([
  'policy.user',
  'policy.not_user',
  'primary.bind_dn',
  'provider.username',
  'provider.system_id',
  'provider.from',
  'approval.alert',
]);

/**
 * What a config file says, without its secrets, whether it is valid or not. Only what the schema knows is shown: where a key is mistyped, its value may be
 * a secret. Of a secret it is told how it is given, not where: somebody may have written it there.
 * @param person what is shown of a name of a person or account
 * @returns undefined if the file can't be read or is no TOML
 */
export function redactedConfig(
  file: string,
  person: (name: string) => string,
): Readonly<Record<string, unknown>> | undefined {
  let tree: Readonly<Record<string, unknown>>;
  try {
    tree = parse(readSmallFile(file, largest)?.bytes.toString() ?? '', { maxDepth: deepest });
  } catch {
    return undefined;
  }
  const sections = Object.entries<Section>(schema).flatMap(([name, section]) => {
    if (!Object.hasOwn(tree, name)) return [];
    const rows = Object.assign({}, section.rows, ...Object.values(section.variants ?? {})) as Rows;
    const tables = [tree[name]].flat().map((table) => redactedTable(name, table, rows, person));
    return [[name, section.many ? tables : tables[0]]];
  });
  const unknown = Object.keys(tree).filter((name) => !Object.hasOwn(schema, name)).length;
  return { ...Object.fromEntries(sections), ...(unknown > 0 ? { '[unknown sections]': unknown } : {}) };
}

function redactedTable(section: string, table: unknown, rows: Rows, person: (name: string) => string): object | string {
  if (typeof table !== 'object' || table === null) return leftOut;
  const shown: Record<string, unknown> = {};
  let unknown = 0;
  for (const [key, value] of Object.entries(table)) {
    const secret = Object.entries(rows).find(([name, { type }]) => type.secret && secretKeys(name).includes(key));
    const path = `${section}.${key}`;
    if (secret) shown[key] = '[secret]';
    else if (!Object.hasOwn(rows, key)) unknown++;
    else if (risky[path]) shown[key] = risky[path](value);
    else shown[key] = plain(value, names.has(path) ? person : withoutCredentials);
  }
  return { ...shown, ...(unknown > 0 ? { '[unknown keys]': unknown } : {}) };
}

/** Texts, numbers, flags and lists of them; no option is anything else. */
function plain(value: unknown, show: (text: string) => string): unknown {
  if (typeof value === 'string') return show(value);
  if (typeof value === 'number' || typeof value === 'boolean') return value;
  return Array.isArray(value) ? value.map((item) => plain(item, show)) : leftOut;
}

/** An address may hold a password although none may stand there. */
function withoutCredentials(text: string): string {
  return text.replace(/:\/\/[^/?#]*@/, `://${leftOut}@`).replace(/^([a-z]+:\/\/[^?#]*)[?#].*$/is, `$1?${leftOut}`);
}

/** Webhooks have their secret in the path. */
function originOf(value: unknown): unknown {
  if (typeof value !== 'string') return leftOut;
  const origin = /^https?:\/\/[^/?#@]+/i.exec(value)?.[0];
  return origin === undefined ? leftOut : origin === value ? origin : `${origin}/${leftOut}`;
}

/** Such as "Tunnel-Password=...", with a group before it or not. */
function attributeOnly(value: string): string {
  return value.replace(/=[^]*$/, `=${leftOut}`);
}

function listOf(value: unknown, show: (text: string) => string): unknown {
  return [value].flat().map((item) => (typeof item === 'string' ? show(item) : leftOut));
}
