import type { Benchmark } from './benchmark.ts';
import { residentOctets } from '../test/support/resident-octets.ts';
import { liveOctets, tellsLive } from './live-octets.ts';
import { onStage } from './stage.ts';

const usual = 10_000;
const full = 100_000;
/** Users who leave their challenges unanswered: each does so several times. */
const idle = 5_000;
const width = 64;
/** Whole logins, to warm up and for latency, with few and with many pending. */
const logins = { count: 1_000, rate: 50 };

export const benchmark: Benchmark = {
  title: 'Pending challenges (in memory)',
  run: async (whole) => {
    const count = whole ? full : usual;
    const login = `max_waiting = ${count + 1_000}\nchallenge_timeout = "900s"`;
    return onStage(idle + 3 * logins.count, async ({ dir, load, secret, file, radgate: serveRadgate }) => {
      const radgate = await serveRadgate({ login, node: tellsLive(dir) });
      const play = { port: radgate.port, secret, users: file };
      const playLogins = async (
        nth: number,
        pace: { width: number } | { rate: number },
      ): ReturnType<typeof load.run> => {
        const first = idle + nth * logins.count;
        const result = await load.run({ ...play, mode: 'totp', pace, first, count: logins.count });
        if (result.done < logins.count) throw new Error(`of ${logins.count} logins ${result.done} came to their end`);
        return result;
      };
      await playLogins(0, { width });
      const few = await playLogins(1, { rate: logins.rate });
      // Its garbage was just collected, so that all of the growth counts.
      const alive = await liveOctets(radgate.pid, dir);
      const before = residentOctets(radgate.pid);
      for (let left = count; left > 0; left -= idle) {
        const some = Math.min(idle, left);
        const { done } = await load.run({ ...play, mode: 'challenge', pace: { width }, first: 0, count: some });
        if (done < some) throw new Error(`of ${some} challenges ${done} came`);
      }
      const many = await playLogins(2, { rate: logins.rate });
      const each = (octets: number): string => Math.round(octets / count).toLocaleString('en-US');
      const grown = each(residentOctets(radgate.pid) - before);
      const lives = each((await liveOctets(radgate.pid, dir)) - alive);
      const row = (pending: string, { p50, p99, p999 }: typeof few): string =>
        `| ${pending} | ${p50.toFixed(2)} | ${p99.toFixed(2)} | ${p999.toFixed(2)} |`;
      return `${count.toLocaleString('en-US')} challenges wait for their codes: the process (RSS) has grown by ${grown} octets for each, garbage not yet collected and all
else that the logins left in memory included (2,048 at most are the goal, at ${full.toLocaleString('en-US')}); ${lives} are in use (heaps and buffers of all threads, garbage collected). Times of a whole login, ${logins.count.toLocaleString('en-US')} at ${logins.rate}/s, in ms:

| pending | p50 | p99 | p99.9 |
| --- | --- | --- | --- |
${row('none', few)}
${row(count.toLocaleString('en-US'), many)}`;
    });
  },
};
