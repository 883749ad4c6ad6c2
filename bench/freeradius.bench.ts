import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchPassword, benchUsers, writeUserLines } from './bench-users.ts';
import type { Benchmark } from './benchmark.ts';
import { full, measure, subject, table, usual, width, type Sizes, type Subject } from './compare-servers.ts';
import { serveFreeRadiusFront, serveHome } from './freeradius-servers.ts';
import { LoadGenerator } from './load-generator.ts';
import { serveRadgateFront } from './radgate-front.ts';
import type { Served } from './served.ts';

const secret = 'a secret of the benchmark';
const homeSecret = 'another one of the benchmark';

export const benchmark: Benchmark = {
  title: 'Beside FreeRADIUS',
  run: async (whole) => {
    const sizes = whole ? full : usual;
    const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
    const started: Served[] = [];
    try {
      const load = await LoadGenerator.compile(dir);
      const users = benchUsers((sizes.rounds + 1) * (sizes.saturated + sizes.paced));
      const file = join(dir, 'users');
      await writeUserLines(file, users, ({ name, key }) => `${name} ${benchPassword} ${key.toString('hex')}`);
      const keep = async (server: Promise<Served>): Promise<Served> => {
        started.push(await server);
        return server;
      };
      const home = await keep(serveHome(dir, homeSecret));
      const front = { secret, home, homeSecret };
      const jobs: Subject[][] = [
        [
          subject('FreeRADIUS', 'totp', await keep(serveFreeRadiusFront(dir, { ...front, users }))),
          subject(
            'radgate, `durability = "process"`',
            'totp',
            await keep(serveRadgateFront(dir, { ...front, users, durability: 'process' })),
          ),
          subject(
            'radgate, `durability = "power"`',
            'totp',
            await keep(serveRadgateFront(dir, { ...front, users, durability: 'power' })),
          ),
        ],
        [
          subject('FreeRADIUS', 'pap', await keep(serveFreeRadiusFront(dir, front))),
          subject(
            'radgate, `durability = "process"`',
            'pap',
            await keep(serveRadgateFront(dir, { ...front, durability: 'process' })),
          ),
        ],
      ];
      const rates: number[] = [];
      for (const job of jobs) rates.push(await measure(load, secret, file, job, sizes));
      return page(jobs, rates, sizes);
    } finally {
      for (const server of started.toReversed()) await server.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

function page(jobs: readonly (readonly Subject[])[], rates: readonly number[], sizes: Sizes): string {
  const version =
    execFileSync('freeradius', ['-v'], { encoding: 'utf8' }).split(',')[0]?.replace('radiusd: ', '') ?? '';
  const tables = jobs.map((job, i) => table(job, rates[i] ?? 0));
  return `${version} with its threads as shipped, and radgate, before the same home server (FreeRADIUS) on the same machine: ${sizes.rounds} rounds by turns after one to
warm up, in each ${sizes.saturated.toLocaleString('en-US')} conversations with ${width} open at once (speed, CPU of the server) and up to ${sizes.paced.toLocaleString('en-US')} at half of the slowest's speed (times of a whole conversation). The load
average was ${(loadavg()[0] ?? 0).toFixed(1)} at the end; the home server and the load generator take CPU too. FreeRADIUS keeps no replay marks and no audit;
radgate keeps both, with \`process\` past its own death, with \`power\` past a power cut. A ratio is of one round: above 1, radgate is better.
To reach: with \`process\` 1.5 in speed and CPU, with \`power\` 1; in p99 at half load 1.

${tables.join('\n\n')}`;
}
