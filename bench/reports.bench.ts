import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openSqlite } from '../src/store/sqlite-driver.ts';
import type { Benchmark } from './benchmark.ts';
import { localConfig } from './local-config.ts';
import { measuredCommand } from './measured-command.ts';

const usual = 500_000;
const full = 5_000_000;
const users = 20_000;
const batch = 100_000;
const period = 30 * 24 * 3_600_000;

const commands = [
  ['report', 'logins'],
  ['report', 'logins', '--since', '12h', '--result', 'accept', '--limit', '10000'],
  ['report', 'logins', '--user', 'user77'],
  ['report', 'logins', '--reason', 'name-lookalike'],
  ['report', 'logins', '--csv'],
  ['report', 'user', 'user77'],
  ['report', 'denials', '--since', '31d'],
  ['report', 'usage'],
] as const;

export const benchmark: Benchmark = {
  title: 'Reports (SQLite)',
  run: async (whole) => {
    const count = whole ? full : usual;
    const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
    try {
      writeFileSync(join(dir, 'radius.conf'), localConfig, { mode: 0o600 });
      const seconds = await fill(dir, count);
      const rows: string[] = [];
      for (const command of commands) {
        const { seconds: taken, peak } = await measuredCommand(command, dir);
        rows.push(`| \`${command.join(' ')}\` | ${taken.toFixed(1)} | ${peak.toFixed(0)} |`);
      }
      const octets = Math.round(statSync(join(dir, 'radgate.db')).size / count);
      return `A month of ${count.toLocaleString('en-US')} rows of the audit by ${users.toLocaleString('en-US')} users, written in ${seconds.toFixed(0)} s, ${octets} octets on the disk for each. Each command in a
process of its own (one run; a start alone takes half a second and some 115 MiB). No row has the reason \`name-lookalike\`: all are looked at.

| | s | peak memory, MiB |
| --- | --- | --- |
${rows.join('\n')}`;
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
};

/** Rows as logins write them: of 20, 15 let in by a code of an app, 2 by a text, 2 wrong passwords, 1 wrong code. @returns how long it took, in seconds */
async function fill(dir: string, count: number): Promise<number> {
  const options = { file: join(dir, 'radgate.db'), keyFile: join(dir, 'radgate.key'), durability: 'process' } as const;
  const { driver } = await openSqlite(options);
  const start = performance.now();
  const first = Date.now() - period;
  for (let from = 0; from < count; from += batch)
    await driver.run(
      `WITH RECURSIVE numbers (i) AS (SELECT CAST(? AS INTEGER) UNION ALL SELECT i + 1 FROM numbers WHERE i + 1 < ?),
         logins AS (SELECT i, i % 20 AS kind, (i / 20 * 7919 + i % 20 * 13) % ${users} AS who, CAST(? + i * ? AS INTEGER) AS at FROM numbers)
       INSERT INTO audit (at, login_id, user_id, user_name, client, client_address, calling_station_id, primary_name, method, result, reason,
         latency_ms, name_bare)
       SELECT at, printf('%016x', i), CASE WHEN kind IN (17, 18) THEN NULL ELSE printf('%032x', who) END, 'user' || who, 'vpn', '192.0.2.10',
         '198.51.100.' || (i * 31 % 250), 'local', CASE WHEN kind < 15 THEN 'totp' WHEN kind < 17 THEN 'sms' END,
         CASE WHEN kind < 17 THEN 'accept' WHEN kind < 19 THEN 'reject' ELSE 'challenge' END,
         CASE WHEN kind < 17 THEN 'accepted' WHEN kind < 19 THEN 'password-wrong' ELSE 'code-wrong' END, 12, 'user' || who FROM logins`,
      from,
      Math.min(from + batch, count),
      first,
      period / count,
    );
  driver.close();
  return (performance.now() - start) / 1000;
}
