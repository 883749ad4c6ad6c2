import { execFileSync } from 'node:child_process';
import { loadavg } from 'node:os';
import type { Benchmark } from './benchmark.ts';
import { full, measure, subject, table, usual, width, type Sizes, type Subject } from './compare-servers.ts';
import { serveFreeRadiusFront } from './freeradius-servers.ts';
import { onStage } from './stage.ts';

export const benchmark: Benchmark = {
  title: 'Beside FreeRADIUS',
  run: (whole) => {
    const sizes = whole ? full : usual;
    const count = (sizes.rounds + 1) * (sizes.saturated + sizes.paced);
    return onStage(count, async ({ dir, load, secret, home, homeSecret, users, file, keep, radgate }) => {
      const front = { secret, home, homeSecret };
      const [durable, flushed] = ['radgate, `durability = "process"`', 'radgate, `durability = "power"`'];
      const jobs: Subject[][] = [
        [
          subject('FreeRADIUS', 'totp', await keep(serveFreeRadiusFront(dir, { ...front, users }))),
          subject(durable, 'totp', await radgate()),
          subject(flushed, 'totp', await radgate({ durability: 'power' })),
        ],
        [
          subject('FreeRADIUS', 'pap', await keep(serveFreeRadiusFront(dir, front))),
          subject(durable, 'pap', await radgate({ users: undefined })),
        ],
      ];
      const rates: number[] = [];
      for (const job of jobs) rates.push(await measure(load, secret, file, job, sizes));
      return page(jobs, rates, sizes);
    });
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
