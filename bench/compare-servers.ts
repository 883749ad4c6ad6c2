import type { LoadGenerator, LoadResult } from './load-generator.ts';
import { cpuSeconds } from './process-figures.ts';
import type { Served } from './served.ts';
import { spread } from './spread.ts';

/** Conversations open at once, to saturate. */
export const width = 64;
/** Of a turn at half load, in seconds. */
const longestPaced = 4;

export interface Sizes {
  readonly rounds: number;
  /** Conversations of a round: as many as go, and at half load. */
  readonly saturated: number;
  readonly paced: number;
}

export const usual: Sizes = { rounds: 3, saturated: 3_000, paced: 2_000 };
export const full: Sizes = { rounds: 5, saturated: 10_000, paced: 6_000 };

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
export interface Subject {
  readonly name: string;
  readonly mode: 'totp' | 'pap';
  readonly served: Served;
  readonly rounds: Round[];
}

export function subject(name: string, mode: Subject['mode'], served: Served): Subject {
  return { name, mode, served, rounds: [] };
}

/**
 * A first round warms up, and half of the speed of its slowest is the rate of half load for all. Then rounds in which each has its turn, another
 * one first each time. @returns that rate, in conversations a second
 */
export async function measure(
  load: LoadGenerator,
  secret: string,
  users: string,
  job: readonly Subject[],
  sizes: Sizes,
): Promise<number> {
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

/** What came of a job, in Markdown. @param rate at half load, as measure gives it */
export function table(job: readonly Subject[], rate: number): string {
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

| ratio to ${base.name} | conversations/s | CPU | p99 |
| --- | --- | --- | --- |
${ratios.map((row) => `| ${row} |`).join('\n')}`;
}
