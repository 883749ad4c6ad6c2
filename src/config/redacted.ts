import { secretKeys } from './read-secret.ts';
import { allRows, readTree } from './read-tree.ts';
import type { Rows, Section } from './row.ts';
import { schema } from './schema.ts';

/** What stands for what is not shown. */
const leftOut = '[left out]';

/** Keys whose values may hold a secret that nobody marked as one, and what is shown of them. */
const risky: Readonly<Record<string, (value: unknown) => unknown>> = {
  'store.url': (value) => listOf(value, storePlace)[0],
  'deliver.allow': (value) => listOf(value, prefixOnly),
  'deliver.deny': (value) => listOf(value, prefixOnly),
  'provider.url': (value) => listOf(value, originOf)[0],
  'provider.form': () => leftOut,
  'provider.json': () => leftOut,
  'provider.topic': () => leftOut,
  'provider.header': (value) => listOf(value, headerOnly),
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
  'primary.probe_user',
  'primary.user_filter',
  'provider.username',
  'provider.account_sid',
  'provider.api_key',
  'provider.messaging_service',
  'provider.system_id',
  'provider.sender',
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
  const tree = readTree(file);
  if (!tree) return undefined;
  const sections = Object.entries<Section>(schema).flatMap(([name, section]) => {
    if (!Object.hasOwn(tree, name)) return [];
    const rows = allRows(section);
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

/**
 * An address may hold a password although none may stand there, and then with any sign in it: all is cut up to the last "@". Without "://" it counts
 * as one if a colon stands before the "@". A query is cut too; where the "@" may be of either, all is.
 */
function withoutCredentials(text: string): string {
  const [scheme = ''] = /^[a-z][a-z\d+.-]*:\/\//i.exec(text) ?? [];
  const rest = text.slice(scheme.length);
  const at = rest.lastIndexOf('@');
  const before = rest.slice(0, Math.max(0, at));
  const after = rest.slice(before.length);
  if (scheme === '') return before.includes(':') ? `${leftOut}${after}` : text;
  if (/[?#]/.test(before)) return `${scheme}${leftOut}`;
  return `${scheme}${at === -1 ? '' : leftOut}${after.replace(/[?#][^]*$/, `?${leftOut}`)}`;
}

/** PostgreSQL's clients also take "host=... password=...", which is no URL. */
function storePlace(text: string): string {
  return /^(?:sqlite:|postgres(?:ql)?:\/\/)/i.test(text) ? withoutCredentials(text) : leftOut;
}

/** Webhooks have their secret in the path. */
function originOf(text: string): string {
  const [, scheme = '', origin = ''] = /^(https?:\/\/)([^/?#@]+)/i.exec(text) ?? [];
  if (scheme === '') return leftOut;
  if (text.includes('@')) return `${scheme}${leftOut}`;
  return `${scheme}${origin}${scheme.length + origin.length < text.length ? `/${leftOut}` : ''}`;
}

/** What is longer than the beginning of numbers may be the number of a person. */
function prefixOnly(text: string): string {
  return /^\+\d{0,7}$/.test(text) ? text : leftOut;
}

/** Such as "X-Api-Key: ...". */
function headerOnly(text: string): string {
  const [name] = /^[^\s:]+:/.exec(text) ?? [];
  return name === undefined ? leftOut : `${name} ${leftOut}`;
}

/** Such as "Tunnel-Password=...", with a group before it or not. */
function attributeOnly(text: string): string {
  const [name] = /^(?:[^=]* -> )?\s*[\w-]+\s*=/.exec(text) ?? [];
  return name === undefined ? leftOut : `${name}${leftOut}`;
}

function listOf(value: unknown, show: (text: string) => string): string[] {
  return [value].flat().map((item) => (typeof item === 'string' ? show(item) : leftOut));
}
