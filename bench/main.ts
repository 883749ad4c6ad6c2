import { readdirSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { Benchmark } from './benchmark.ts';
import { writeSection } from './performance-page.ts';

const suffix = '.bench.js';
const known = readdirSync(import.meta.dirname)
  .filter((name) => name.endsWith(suffix))
  .map((name) => name.slice(0, -suffix.length));

/** Without these, a figure says nothing. */
function machine(): string {
  const [cpu] = cpus();
  const memory = Math.round(totalmem() / 2 ** 30);
  const load = (loadavg()[0] ?? 0).toFixed(1);
  const date = new Date().toISOString().slice(0, 10);
  return `${date}, Node ${process.version}, ${process.platform} ${process.arch}, ${availableParallelism()} cores (${cpu?.model.trim() ?? 'unknown'}), ${memory} GiB of memory, load average ${load} before.`;
}

const wanted = process.argv.slice(2).filter((name) => name !== '--full');
const whole = process.argv.includes('--full');
const unknown = wanted.filter((name) => !known.includes(name));
if (unknown.length > 0) {
  process.stderr.write(`no benchmark ${unknown.join(', ')}: there are ${known.join(', ')}\n`);
  process.exitCode = 64;
} else {
  for (const name of wanted.length === 0 ? known : wanted) {
    process.stderr.write(`${name} ...\n`);
    const { benchmark } = (await import(pathToFileURL(join(import.meta.dirname, name + suffix)).href)) as {
      benchmark: Benchmark;
    };
    const section = `${machine()}\n\n${await benchmark.run(whole)}`;
    writeSection(benchmark.title, section);
    process.stdout.write(`${benchmark.title}\n\n${section}\n`);
  }
}
