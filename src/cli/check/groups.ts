import { existsSync } from 'node:fs';
import { buildLdap } from '../../build/build-primary.ts';
import { storeIsCurrent } from '../../build/open-store.ts';
import type { Config, LdapPrimary as LdapConfig } from '../../config/schema.ts';
import { OperatorError } from '../../errors.ts';
import { LdapRefused, LdapTrouble } from '../../primary/ldap/ldap-error.ts';
import { knownGroups } from '../../store/known-groups.ts';
import { StoreError } from '../../store/store.ts';
import { withStoreOf } from '../with-store.ts';

/** A group that a rule names and nobody has. */
export interface UnknownGroup {
  readonly rule: string;
  readonly group: string;
}

/**
 * The groups that rules name and that neither the store nor a directory has. None where one of those cannot say: a group may be there.
 * @throws what is no trouble of a store or a directory
 */
export async function unknownGroups(config: Config): Promise<readonly UnknownGroup[]> {
  const named = config.policy.flatMap(({ name: rule, group, not_group: notGroup, reply_by_group: given }) => {
    const groups = [...(group ?? []), ...(notGroup ?? []), ...(given ?? []).map((one) => one.group)];
    return [...new Set(groups)].map((one) => ({ rule, group: one }));
  });
  let left = [...new Set(named.map(({ group }) => group))];
  if (left.length === 0) return [];
  try {
    const stored = new Set(await storedGroups(config, left));
    left = left.filter((group) => !stored.has(group));
    for (const primary of config.primary) if (primary.type === 'ldap') left = await missingIn(primary, left);
  } catch (error) {
    const isTrouble = [OperatorError, StoreError, LdapTrouble, LdapRefused].some((kind) => error instanceof kind);
    if (isTrouble) return [];
    throw error;
  }
  const missing = new Set(left);
  return named.filter(({ group }) => missing.has(group));
}

async function storedGroups(config: Config, names: readonly string[]): Promise<readonly string[]> {
  const { url } = config.store;
  if (url.driver === 'sqlite' && !existsSync(url.path)) return [];
  if (!(await storeIsCurrent(config))) return names;
  return withStoreOf(config, (store) => store.run(knownGroups, names));
}

/** Without an account to read with, a directory shows nothing before a login. */
async function missingIn(config: LdapConfig, names: readonly string[]): Promise<string[]> {
  if (config.bind_dn === undefined || names.length === 0) return [];
  const directory = buildLdap(config, [], () => undefined);
  try {
    const missing: string[] = [];
    for (const name of names) if (!(await directory.hasGroup(name))) missing.push(name);
    return missing;
  } finally {
    await directory.close();
  }
}
