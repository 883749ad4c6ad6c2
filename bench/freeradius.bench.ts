import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchPassword, benchUsers, writeUserLines } from './bench-users.ts';
import type { Benchmark } from './benchmark.ts';
import { serveFreeRadiusFront, serveHome } from './freeradius-servers.ts';
import { LoadGenerator, type LoadResult } from './load-generator.ts';
import { cpuSeconds } from './process-figures.ts';
import { serveRadgateFront } from './radgate-front.ts';
import type { Served } from './served.ts';
import { spread } from './spread.ts';

const secret = 'a secret of the benchmark';
const homeSecret = 'another one of the benchmark';
/** Conversations open at once, to saturate. */
const width = 64;
/** Of a turn at half load, in seconds. */
const longestPaced = 4;

interface Sizes {
  readonly rounds: number;
  /** Conversations of a round: as many as go, and at half load. */
  readonly saturated: number;
  readonly paced: number;
}

const usual: Sizes = { rounds: 3, saturated: 3_000, paced: 2_000 };
const full: Sizes = { rounds: 5, saturated: 10_000, paced: 6_000 };

interface Round {
  /** Conversations in a second. */
  readonly speed: number;
  /** Microseconds of CPU of the server for each. */
  readonly cpu: number;
  readonly paced: LoadResult;
  readonly lost: number;
  readonly begun: number;
}

/** A server that is compared; the first of a job is what the others are compared with. */
interface Subject {
  readonly name: string;
  readonly mode: 'totp' | 'pap';
  readonly served: Served;
  readonly rounds: Round[];
}

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
      for (const job of jobs) rates.push(await measure(load, file, job, sizes));
      return page(jobs, rates, sizes);
    } finally {
      for (const server of started.toReversed()) await server.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};

function subject(name: string, mode: Subject['mode'], served: Served): Subject {
  return { name, mode, served, rounds: [] };
}

/**
 * A first round warms up, and half of the speed of its slowest is the rate of half load for all. Then rounds in which each has its turn, another
 * one first each time. @returns that rate, in conversations a second
 */
async function measure(load: LoadGenerator, users: string, job: readonly Subject[], sizes: Sizes): Promise<number> {
  let rate = Infinity;
  const saturate = async ({ served, mode, name }: Subject, number: number): Promise<LoadResult> => {
    const play = { port: served.port, secret, users, mode, first: number * (sizes.saturated + sizes.paced) };
    return checked(name, await load.run({ ...play, pace: { width }, count: sizes.saturated }));
  };
  for (const one of job) {
    const { done, seconds } = await saturate(one, 0);
    rate = Math.max(1, Math.min(rate, Math.round(done / seconds / 2)));
  }
  const count = Math.min(sizes.paced, rate * longestPaced);
  for (let number = 1; number <= sizes.rounds; number++)
    for (const one of [...job.slice(number % job.length), ...job.slice(0, number % job.length)]) {
      const { served, mode, name } = one;
      const before = cpuSeconds(served.pid);
      const fast = await saturate(one, number);
      const cpu = (1e6 * (cpuSeconds(served.pid) - before)) / sizes.saturated;
      const first = number * (sizes.saturated + sizes.paced) + sizes.saturated;
      const play = { port: served.port, secret, users, mode, first };
      const paced = checked(name, await load.run({ ...play, pace: { rate }, count }));
      const speed = fast.done / fast.seconds;
      process.stderr.write(
        `${mode} ${number} ${name}: ${speed.toFixed(0)}/s, ${cpu.toFixed(0)} µs, p99 ${paced.p99} ms\n`,
      );
      one.rounds.push({ speed, cpu, paced, lost: fast.lost + paced.lost, begun: sizes.saturated + count });
    }
  return rate;
}

/** Figures of wrong replies are none. */
function checked(name: string, result: LoadResult): LoadResult {
  const { done, wrong } = result;
  if (wrong > 0 || done === 0) throw new Error(`${name}: ${wrong} wrong replies, ${done} conversations to their end`);
  return result;
}

const titles = {
  totp: 'Password at the home server, challenge, TOTP code:',
  pap: 'Password at the home server only, nobody is asked for a code:',
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

function table(job: readonly Subject[], rate: number): string {
  const [base] = job;
  if (!base) return '';
  const column = (one: Subject, value: (round: Round) => number, digits: number): string =>
    spread(one.rounds.map(value), digits);
  const figures = job.map((one) =>
    [
      one.name,
      column(one, ({ speed }) => speed, 0),
      column(one, ({ cpu }) => cpu, 0),
      column(one, ({ paced }) => paced.p50, 2),
      column(one, ({ paced }) => paced.p99, 2),
      column(one, ({ paced }) => paced.p999, 2),
      `${one.rounds.reduce((sum, { lost }) => sum + lost, 0)} of ${one.rounds.reduce((sum, { begun }) => sum + begun, 0)}`,
    ].join(' | '),
  );
  const ratios = job.slice(1).map((one) => {
    const ratio = (of: (mine: Round, theirs: Round) => number): string =>
      spread(
        one.rounds.flatMap((mine, i) => {
          const theirs = base.rounds[i];
          return theirs ? [of(mine, theirs)] : [];
        }),
        2,
      );
    return [
      one.name,
      ratio((mine, theirs) => mine.speed / theirs.speed),
      ratio((mine, theirs) => theirs.cpu / mine.cpu),
      ratio((mine, theirs) => theirs.paced.p99 / mine.paced.p99),
    ].join(' | ');
  });
  return `${titles[base.mode]}

| | conversations/s | CPU, µs each | p50, ms at ${rate}/s | p99 | p99.9 | lost |
| --- | --- | --- | --- | --- | --- | --- |
${figures.map((row) => `| ${row} |`).join('\n')}

| ratio to FreeRADIUS | conversations/s | CPU | p99 |
| --- | --- | --- | --- |
${ratios.map((row) => `| ${row} |`).join('\n')}`;
}
