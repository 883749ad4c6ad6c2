import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertPortsCanBeShared } from '../src/transport/shared-ports.ts';
import { Postgres } from '../test/support/postgres.ts';
import { benchPassword, benchUsers, writeUserLines } from './bench-users.ts';
import type { Benchmark } from './benchmark.ts';
import { full, measure, subject, table, usual, type Subject } from './compare-servers.ts';
import { serveHome } from './freeradius-servers.ts';
import { LoadGenerator } from './load-generator.ts';
import { serveRadgateFront, type RadgateOptions } from './radgate-front.ts';
import type { Served } from './served.ts';

const secret = 'a secret of the benchmark';
const homeSecret = 'another one of the benchmark';

export const benchmark: Benchmark = {
  title: 'Stores and workers',
  run: async (whole) => {
    const sizes = whole ? full : usual;
    const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
    const started: Served[] = [];
    const postgres = await Postgres.start({ settings: {} });
    try {
      const load = await LoadGenerator.compile(dir);
      const users = benchUsers((sizes.rounds + 1) * (sizes.saturated + sizes.paced));
      const file = join(dir, 'users');
      await writeUserLines(file, users, ({ name, key }) => `${name} ${benchPassword} ${key.toString('hex')}`);
      const home = await serveHome(dir, homeSecret);
      started.push(home);
      const front = async (name: string, options: Partial<RadgateOptions>): Promise<Subject> => {
        const served = await serveRadgateFront(dir, {
          secret,
          home,
          homeSecret,
          users,
          durability: 'process',
          ...options,
        });
        started.push(served);
        return subject(name, 'totp', served);
      };
      const database =
        async (): Promise<string> => `url = "postgres://radgate@127.0.0.1:${postgres.port}/${await postgres.createDatabase()}"
password = "${postgres.password}"
key_file = "radgate.key"`;
      const job = [
        await front('SQLite', {}),
        await front('SQLite, `waiting = "store"`', { store: 'url = "sqlite:radgate.db"\nwaiting = "store"' }),
        await front('PostgreSQL', { store: await database() }),
      ];
      const canShare = canSharePorts();
      if (canShare) job.push(await front('SQLite, `workers = 2`', { workers: 2 }));
      if (canShare) job.push(await front('PostgreSQL, `workers = 2`', { workers: 2, store: await database() }));
      const rate = await measure(load, secret, file, job, sizes);
      const without = canShare ? '' : ` \`workers = 2\` was not measured: Node ${process.version} can't.`;
      return `The same conversations as beside FreeRADIUS, with \`durability = "process"\`. The CPU is radgate's own, all its processes together, without PostgreSQL's, which flushes each
commit (fsync) on the same disk.${without}

${table(job, rate)}`;
    } finally {
      for (const server of started.toReversed()) await server.stop();
      await postgres.remove();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

function canSharePorts(): boolean {
  try {
    assertPortsCanBeShared(process.versions.node, process.platform);
    return true;
  } catch {
    return false;
  }
}
