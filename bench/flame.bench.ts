import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import { flameGraph, longestFunctions, type CpuProfile } from './flame-graph.ts';
import { onStage } from './stage.ts';

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
  run: () =>
    onStage(2 * count, async ({ dir, load, secret, file, radgate }) => {
      const profiles = join(dir, 'profiles');
      const front = await radgate({ node: ['--cpu-prof', `--cpu-prof-dir=${profiles}`, '--cpu-prof-interval=500'] });
      for (const first of [0, count])
        await load.run({ port: front.port, secret, users: file, mode: 'totp', pace: { width }, first, count });
      await front.stop();
      const files = readdirSync(profiles).toSorted();
      const parts = threads.map(({ name, picture }, i) => {
        const profile = JSON.parse(readFileSync(join(profiles, files[i] ?? ''), 'utf8')) as CpuProfile;
        writeFileSync(join(docs, picture), flameGraph(profile, `radgate, ${name}: TOTP logins at saturation`, skip));
        const rows = longestFunctions(profile, skip).slice(0, shown);
        return `![Flame graph of the ${name}](${picture})

| ${name}: function, without what it called | share |
| --- | --- |
${rows.map(([what, share]) => `| \`${what}\` | ${(100 * share).toFixed(1)} % |`).join('\n')}`;
      });
      return `TOTP logins, ${width} open at once, by \`node --cpu-prof\` (which slows them down). Boxes are as wide as the time in a function and in those that it called.

${parts.join('\n\n')}`;
    }),
};
