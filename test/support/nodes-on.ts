import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Store } from '../../src/store/store.ts';
import type { Database, Driver } from './store-drivers.ts';

/** Nodes on one database of their own, from a suite's first test to its last. */
export interface Nodes {
  readonly nodes: readonly [Store, Store];
  readonly database: Database;
}

/** Opens them. To be called where the suite is described. */
export function nodesOn(driver: Driver): Nodes {
  const open: Store[] = [];
  let running: Awaited<ReturnType<Driver['start']>> | undefined;
  let database: Database | undefined;
  before(async () => {
    running = await driver.start();
    database = await running.database(mkdtempSync(join(tmpdir(), 'radgate-contract-')));
    open.push(await database.open(), await database.open());
  });
  after(async () => {
    await Promise.all(open.map((node) => node.close()));
    await running?.stop();
    if (database) rmSync(database.dir, { recursive: true });
  });
  const node = (i: number): Store => ({
    run: (transaction, input) => opened(open[i]).run(transaction, input),
    close: () => opened(open[i]).close(),
  });
  return {
    nodes: [node(0), node(1)],
    get database() {
      return opened(database);
    },
  };
}

function opened<T>(it: T | undefined): T {
  if (it === undefined) throw new Error('the database is not open yet');
  return it;
}
