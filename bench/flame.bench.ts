import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchPassword, benchUsers, writeUserLines } from './bench-users.ts';
import type { Benchmark } from './benchmark.ts';
import { flameGraph, longestFunctions, type CpuProfile } from './flame-graph.ts';
import { serveHome } from './freeradius-servers.ts';
import { LoadGenerator } from './load-generator.ts';
import { serveRadgateFront } from './radgate-front.ts';
import type { Served } from './served.ts';

const secret = 'a secret of the benchmark';
const homeSecret = 'another one of the benchmark';
const count = 20_000;
const width = 64;
/** The start, and the first logins until the code is compiled, in microseconds. */
const skip = 3_000_000;
const shown = 12;
const docs = join(import.meta.dirname, '../../docs');

/** The threads of radgate in the order in which Node numbers their profiles. */
const threads = [
  { name: 'event loop', picture: 'performance-loop.svg' },
  { name: "store's thread", picture: 'performance-store.svg' },
];

export const benchmark: Benchmark = {
  title: 'Where the time goes, as pictures',
  run: async () => {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
    const started: Served[] = [];
    try {
      const load = await LoadGenerator.compile(dir);
      const users = benchUsers(2 * count);
      const file = join(dir, 'users');
      await writeUserLines(file, users, ({ name, key }) => `${name} ${benchPassword} ${key.toString('hex')}`);
      const home = await serveHome(dir, homeSecret);
      started.push(home);
      const node = ['--cpu-prof', `--cpu-prof-dir=${join(dir, 'profiles')}`, '--cpu-prof-interval=500'];
      const front = await serveRadgateFront(dir, { secret, home, homeSecret, users, durability: 'process', node });
      for (const first of [0, count])
        await load.run({ port: front.port, secret, users: file, mode: 'totp', pace: { width }, first, count });
      await front.stop();
      const files = readdirSync(join(dir, 'profiles')).toSorted();
      const parts = threads.map(({ name, picture }, i) => {
        const text = readFileSync(join(dir, 'profiles', files[i] ?? ''), 'utf8');
        const profile = JSON.parse(text) as CpuProfile;
        writeFileSync(join(docs, picture), flameGraph(profile, `radgate, ${name}: TOTP logins at saturation`, skip));
        const rows = longestFunctions(profile, skip).slice(0, shown);
        return `![Flame graph of the ${name}](${picture})

| ${name}: function, without what it called | share |
| --- | --- |
${rows.map(([what, share]) => `| \`${what}\` | ${(100 * share).toFixed(1)} % |`).join('\n')}`;
      });
      return `TOTP logins, ${width} open at once, by \`node --cpu-prof\` (which slows them down). Boxes are as wide as the time in a function and in those that it called.

${parts.join('\n\n')}`;
    } finally {
      for (const server of started.toReversed()) await server.stop();
      rmSync(dir, { recursive: true, force: true });
    }
  },
};
