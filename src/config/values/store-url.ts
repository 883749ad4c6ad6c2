import { resolve } from 'node:path';
import * as z from 'zod';
import type { ValueType } from '../row.ts';

/** Where the store is. */
export interface StoreUrl {
  readonly driver: 'sqlite';
  /** Of the database file; absolute. */
  readonly path: string;
}

const must = 'must be "sqlite:/path/of/the/file.db"';

/** The store's address: `sqlite:` and the path of its file. */
export const storeUrl: ValueType<StoreUrl> = {
  notation: '`"sqlite:/path"`',
  schema: z.string(must).transform((text, context): StoreUrl => {
    // "sqlite:///path" is the same with an empty host; "sqlite://path" would name a host.
    const path = /^sqlite:(?:\/\/(?=\/))?(?!\/\/)([^\0]*[^\0/])$/.exec(text)?.[1];
    if (path !== undefined && path !== ':memory:') return { driver: 'sqlite', path };
    const postgres = /^postgres(ql)?:/i.test(text);
    context.addIssue(postgres ? `${must}: PostgreSQL stores are not supported by this version` : must);
    return z.NEVER;
  }),
  resolve: ({ driver, path }, dir) => ({ driver, path: resolve(dir, path) }),
};
