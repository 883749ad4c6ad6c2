import { assertPortsCanBeShared } from '../src/transport/shared-ports.ts';
import { Postgres } from '../test/support/postgres.ts';
import type { Benchmark } from './benchmark.ts';
import { full, measure, subject, table, usual } from './compare-servers.ts';
import { onStage } from './stage.ts';

export const benchmark: Benchmark = {
  title: 'Stores and workers',
  run: async (whole) => {
    const sizes = whole ? full : usual;
    const count = (sizes.rounds + 1) * (sizes.saturated + sizes.paced);
    const postgres = await Postgres.start({ settings: {} });
    const database = async (): Promise<string> =>
      `url = "postgres://radgate@127.0.0.1:${postgres.port}/${await postgres.createDatabase()}"
password = "${postgres.password}"
key_file = "radgate.key"`;
    try {
      return await onStage(count, async ({ load, secret, file, radgate }) => {
        const waiting = { store: 'url = "sqlite:radgate.db"\nwaiting = "store"' };
        const job = [
          subject('SQLite', 'totp', await radgate()),
          subject('SQLite, `waiting = "store"`', 'totp', await radgate(waiting)),
          subject('PostgreSQL', 'totp', await radgate({ store: await database() })),
        ];
        const canShare = canSharePorts();
        if (canShare) {
          job.push(subject('SQLite, `workers = 2`', 'totp', await radgate({ workers: 2 })));
          const shared = await radgate({ workers: 2, store: await database() });
          job.push(subject('PostgreSQL, `workers = 2`', 'totp', shared));
        }
        const rate = await measure(load, secret, file, job, sizes);
        const without = canShare ? '' : ` \`workers = 2\` was not measured: Node ${process.version} can't.`;
        return `The same conversations as beside FreeRADIUS, with \`durability = "process"\`. The CPU is radgate's own, all its processes together, without PostgreSQL's, which flushes each
commit (fsync) on the same disk.${without}

${table(job, rate)}`;
      });
    } finally {
      await postgres.remove();
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
