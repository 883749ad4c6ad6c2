import { ChainInHand } from '../src/audit/chain-in-hand.ts';
import { createWriteStream, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { foldUserName } from '../src/policy/user-name.ts';
import { identify } from '../src/store/identify.ts';
import { usualAudit } from '../src/audit/settings.ts';
import { openSqlite } from '../src/store/sqlite-driver.ts';
import type { Benchmark } from './benchmark.ts';
import { localConfig } from './local-config.ts';
import { measuredCommand, type Measured } from './measured-command.ts';
import { spread } from './spread.ts';

const usual = [1_000, 100_000];
const full = [...usual, 1_000_000];
/** Of look-ups, taken by turns in the small and the large store, so that what else the machine does meets both. */
const rounds = 31;
const perRound = 500;
const lockout = { failures: 5, pauseAfter: 0, pause: 0, repeatWindow: 0 };

interface Filled {
  readonly dir: string;
  readonly size: number;
  readonly users: Measured;
  readonly tokens: Measured;
  readonly pskc: Measured;
  /** Octets on the disk. */
  readonly octets: number;
}

export const benchmark: Benchmark = {
  title: 'Users and tokens (SQLite)',
  run: async (whole) => {
    const dir = mkdtempSync(join(tmpdir(), 'radgate-bench-'));
    try {
      const stores: Filled[] = [];
      for (const size of whole ? full : usual) stores.push(await filled(dir, size));
      return [lookUps(stores, await compare(stores)), imports(stores)].join('\n\n');
    } finally {
      rmSync(dir, { recursive: true });
    }
  },
};

/** Rows that one file may have. */
const largestFile = 100_000;

/** A store of so many users with a token and two aliases each, brought in by the commands. */
async function filled(parent: string, size: number): Promise<Filled> {
  const dir = mkdtempSync(join(parent, 'store-'));
  writeFileSync(join(dir, 'radius.conf'), localConfig, { mode: 0o600 });
  const each = { users: [] as Measured[], tokens: [] as Measured[], pskc: [] as Measured[] };
  for (let first = 0; first < size; first += largestFile) {
    await writeFiles(dir, first, Math.min(size, first + largestFile));
    each.users.push(await measuredCommand(['user', 'import', 'users.csv', '--apply'], dir));
    each.tokens.push(await measuredCommand(['token', 'import', 'tokens.csv', '--apply'], dir));
    // Only looked at: writing is the same for both.
    each.pskc.push(await measuredCommand(['token', 'import', 'tokens.xml'], dir));
  }
  const octets = statSync(join(dir, 'radgate.db')).size;
  return { dir, size, users: together(each.users), tokens: together(each.tokens), pskc: together(each.pskc), octets };
}

/** Of files that were imported one after the other. */
function together(parts: readonly Measured[]): Measured {
  return {
    seconds: parts.reduce((sum, { seconds }) => sum + seconds, 0),
    peak: Math.max(...parts.map(({ peak }) => peak)),
  };
}

async function writeFiles(dir: string, first: number, end: number): Promise<void> {
  await writeLines(join(dir, 'users.csv'), 'name,aliases,first name,last name,e-mail,groups', first, end, (i) => {
    const name = `user${i}`;
    return `${name},${alias(i)};CORP\\${name},First,Last${i},${alias(i)},staff`;
  });
  await writeLines(join(dir, 'tokens.csv'), 'upn,serial number,secret (hex),time interval', first, end, (i) => {
    return `${alias(i)},${100_000_000 + i},${randomBytes(20).toString('hex')},30`;
  });
  const container = '<KeyContainer Version="1.0" xmlns="urn:ietf:params:xml:ns:keyprov:pskc">';
  await writeLines(join(dir, 'tokens.xml'), container, first, end, keyPackage, '</KeyContainer>');
}

function alias(i: number): string {
  return `user${i}@corp.example`;
}

function keyPackage(i: number): string {
  const secret = randomBytes(20).toString('base64');
  return `<KeyPackage><DeviceInfo><Manufacturer>Acme</Manufacturer><SerialNo>P${i}</SerialNo></DeviceInfo>
<Key Id="P${i}" Algorithm="urn:ietf:params:xml:ns:keyprov:pskc:totp">
<AlgorithmParameters><ResponseFormat Length="6" Encoding="DECIMAL"/></AlgorithmParameters>
<Data><Secret><PlainValue>${secret}</PlainValue></Secret><TimeInterval><PlainValue>30</PlainValue></TimeInterval></Data></Key></KeyPackage>`;
}

async function writeLines(
  file: string,
  head: string,
  first: number,
  after: number,
  line: (i: number) => string,
  end = '',
): Promise<void> {
  const stream = createWriteStream(file);
  stream.write(`${head}\n`);
  for (let i = first; i < after; i++) if (!stream.write(`${line(i)}\n`)) await once(stream, 'drain');
  stream.end(end);
  await once(stream, 'close');
}

/**
 * What the first step of a login takes: who an alias is, with the user's lockout and tokens. Without the way to the store's thread.
 * @returns for each store microseconds for one look-up, a median for each round
 */
async function compare(stores: readonly Filled[]): Promise<number[][]> {
  const open = async ({ dir, size }: Filled): Promise<() => Promise<number>> => {
    const options = {
      file: join(dir, 'radgate.db'),
      keyFile: join(dir, 'radgate.key'),
      durability: 'process',
    } as const;
    const { driver: sql, seal } = await openSqlite(options);
    return async () => {
      const times: number[] = [];
      for (let i = 0; i < perRound; i++) {
        const name = foldUserName(alias(randomBytes(4).readUInt32BE() % size));
        if (!name) throw new Error('an alias is no name');
        const start = performance.now();
        const found = await identify.run(
          { sql, seal, audit: usualAudit(), chain: new ChainInHand() },
          { proven: [], realms: undefined, asked: name, lockout, now: Date.now() },
        );
        times.push(1000 * (performance.now() - start));
        if (found.kind !== 'known') throw new Error('an alias was not found');
      }
      return times.toSorted((a, b) => a - b)[perRound / 2] ?? Number.NaN;
    };
  };
  const lookUp = [];
  for (const store of stores) lookUp.push(await open(store));
  const result = stores.map((): number[] => []);
  // The first round of each warms up.
  for (let round = 0; round <= rounds; round++)
    for (const [i, once] of lookUp.entries()) {
      const time = await once();
      if (round > 0) result[i]?.push(time);
    }
  return result;
}

function lookUps(stores: readonly Filled[], times: readonly (readonly number[])[]): string {
  const [few = []] = times;
  const rows = stores.map(({ size }, i) => {
    const own = times[i] ?? [];
    const ratios = own.map((time, round) => time / (few[round] ?? Number.NaN));
    return `| ${thousands(size)} | ${spread(own)} | ${spread(ratios, 2)} |`;
  });
  return `Look-up by alias, with all that a login then needs of the user, in µs (${rounds} rounds of ${perRound}, by turns); the ratio is to stay below 1.2:

| users | µs | ratio to the first |
| --- | --- | --- |
${rows.join('\n')}`;
}

function imports(stores: readonly Filled[]): string {
  const rows = stores.flatMap(({ size, users, tokens, pskc, octets }) => {
    const row = (what: string, { seconds, peak }: Measured): string =>
      `| ${what} | ${thousands(size)} | ${seconds.toFixed(1)} | ${thousands(Math.round(size / seconds))} | ${peak.toFixed(0)} |`;
    return [
      row('`user import --apply`, two aliases each', users),
      row('`token import --apply`, CSV, for these users', tokens),
      row('`token import`, PSKC, dry run', pskc),
      `| on the disk for each user with a token: ${thousands(Math.round(octets / size))} octets | ${thousands(size)} | | | |`,
    ];
  });
  return `Import by the commands, each in a process of its own (one run; a start alone takes half a second and some 115 MiB):

| | rows | s | rows/s | peak memory, MiB |
| --- | --- | --- | --- | --- |
${rows.join('\n')}`;
}

function thousands(value: number): string {
  return value.toLocaleString('en-US');
}
