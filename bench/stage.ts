import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchPassword, benchUsers, writeUserLines, type BenchUser } from './bench-users.ts';
import { serveHome } from './freeradius-servers.ts';
import { LoadGenerator } from './load-generator.ts';
import { serveRadgateFront, type RadgateOptions } from './radgate-front.ts';
import type { Served } from './served.ts';

/** What benchmarks of logins have in common: a home server, users, a load generator that plays them, servers in front. */
export interface Stage {
  readonly dir: string;
  readonly load: LoadGenerator;
  /** Between the load generator and the servers in front. */
  readonly secret: string;
  readonly home: Served;
  readonly homeSecret: string;
  readonly users: readonly BenchUser[];
  /** The same as lines, for the load generator. */
  readonly file: string;
  /** Has a server stopped at the end. */
  readonly keep: (server: Promise<Served>) => Promise<Served>;
  /** A radgate before the home server, with the users in it unless others are given. */
  readonly radgate: (options?: Partial<RadgateOptions>) => Promise<Served>;
}

/** Sets all up, does the work, and takes all down. */
export async function onStage(count: number, work: (stage: Stage) => Promise<string>): Promise<string> {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
  const started: Served[] = [];
  const keep = async (server: Promise<Served>): Promise<Served> => {
    started.push(await server);
    return server;
  };
  try {
    const load = await LoadGenerator.compile(dir);
    const users = benchUsers(count);
    const file = join(dir, 'users');
    await writeUserLines(file, users, ({ name, key }) => `${name} ${benchPassword} ${key.toString('hex')}`);
    const [secret, homeSecret] = ['a secret of the benchmark', 'another one of the benchmark'];
    const home = await keep(serveHome(dir, homeSecret));
    const front = { secret, home, homeSecret, users, durability: 'process' } as const;
    const radgate: Stage['radgate'] = (options) => keep(serveRadgateFront(dir, { ...front, ...options }));
    return await work({ dir, load, secret, home, homeSecret, users, file, keep, radgate });
  } finally {
    for (const server of started.toReversed()) await server.stop();
    rmSync(dir, { recursive: true, force: true });
  }
}
