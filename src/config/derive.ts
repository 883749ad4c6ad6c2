import { dirname, join } from 'node:path';
import type { Draft } from './schema.ts';

/** Fills in the options whose row says `derived`, where they were left out and what they come from is known. */
export function derive(draft: Draft): void {
  const { store, primary: primaries, client: clients } = draft;
  if (store.url?.driver === 'sqlite') store.key_file ??= join(dirname(store.url.path), 'radgate.key');
  if (store.url) store.waiting ??= store.url.driver === 'sqlite' ? 'memory' : 'store';
  const [only, another] = primaries ?? [];
  if (only?.name !== undefined && !another) for (const client of clients ?? []) client.primary ??= only.name;
}
