import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Benchmark } from './benchmark.ts';
import { freeUdpPort } from '../test/peer/free-port.ts';
import { serveRadgate } from './serve-radgate.ts';
import { spread } from './spread.ts';

const secret = 'a secret of the benchmark';

function config(port: number): string {
  return `[listen]
auth = ["127.0.0.1:${port}"]
[store]
url = "sqlite:radgate.db"
[[client]]
name = "bench"
address = "127.0.0.1"
secret = "${secret}"
primary = "local"
[[primary]]
name = "local"
type = "local"
`;
}

/** The first start makes the store and its key, the next finds them. */
async function twoStarts(): Promise<{ first: number; next: number }> {
  const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
  try {
    const port = await freeUdpPort('127.0.0.1');
    writeFileSync(join(dir, 'radius.conf'), config(port), { mode: 0o600 });
    const time = async (): Promise<number> => {
      const served = await serveRadgate({ cwd: dir, port, secret });
      await served.stop();
      return served.started;
    };
    return { first: await time(), next: await time() };
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

export const benchmark: Benchmark = {
  title: 'Start (SQLite)',
  async run(whole) {
    const rounds = [];
    for (let round = 0; round < (whole ? 31 : 7); round++) rounds.push(await twoStarts());
    return `From the start of the process to its first reply to a Status-Server, asked every 5 ms (${rounds.length} rounds):

| start | ms |
| --- | --- |
| the first, which makes the store and its key | ${spread(
      rounds.map(({ first }) => first),
      0,
    )} |
| the next, which is to stay below 500 | ${spread(
      rounds.map(({ next }) => next),
      0,
    )} |`;
  },
};
