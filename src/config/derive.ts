import { dirname, join } from 'node:path';
import { directories } from './directories.ts';
import type { Draft } from './schema.ts';

/** Fills in the options whose row says `derived`, where they were left out and what they come from is known. */
export function derive(draft: Draft): void {
  const { store, primary: primaries, client: clients } = draft;
  if (store.url?.driver === 'sqlite') store.key_file ??= join(dirname(store.url.path), 'radgate.key');
  if (store.url) store.waiting ??= store.url.driver === 'sqlite' ? 'memory' : 'store';
  for (const primary of primaries ?? []) {
    if (primary.type !== 'ldap') continue;
    const usual = primary.directory && directories[primary.directory];
    primary.user_attributes ??= usual?.user_attributes;
    primary.user_filter ??= usual?.user_filter;
    primary.name_attributes ??= primary.user_attributes;
    primary.group_base_dn ??= primary.base_dn;
  }
  const [only, another] = primaries ?? [];
  if (only?.name !== undefined && !another) for (const client of clients ?? []) client.primary ??= only.name;
}
