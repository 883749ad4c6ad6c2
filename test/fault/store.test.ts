import { existsSync, renameSync, rmSync } from 'node:fs';
import { statfs, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import Database from 'libsql';
import { expect } from 'chai';
import { run } from '../peer/child.ts';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { peer } from '../peer/peer.ts';
import { Postgres } from '../support/postgres.ts';
import { figure, isSoak, sized } from './figures.ts';
import { endOf, inParallel, type Patience } from './nas.ts';
import { postgresPlace } from './place.ts';
import { FaultSite, password } from './site.ts';

const users = 10;
/** An answer that is not given: sent so often, and given so long each time. */
const brief = { wait: 1_000, sends: 1 };
const patient = { wait: 500, sends: 60 };
/** Within which logins work again once the fault is over, in milliseconds. */
const recovery = 5_000;

/** More logins than the database's log has room for on a file system of 8 MiB. */
const mostOnFullDisk = 5_000;

/** Challenges of all users. */
async function challengesOf(site: FaultSite): Promise<RawPacket[]> {
  return Promise.all(
    Array.from({ length: users }, async (_, index) => {
      const reply = await site.nas.ask(`user${index}`, password);
      expect(reply?.code, `user${index} is asked for a code`).to.equal(Code.accessChallenge);
      return reply as RawPacket;
    }),
  );
}

/** A user who was asked for a code, and the code. */
interface Asked {
  readonly index: number;
  readonly challenge: RawPacket;
  readonly code: string;
}

function answerOf(
  site: FaultSite,
  { index, challenge, code }: Asked,
  patience: Patience,
): Promise<RawPacket | undefined> {
  return site.nas.answer(`user${index}`, challenge, code, patience);
}

/** Sends everyone's code until it is answered; the replies, and how long the last took, in milliseconds. */
async function answerAll(site: FaultSite, challenges: readonly RawPacket[], codes: readonly string[]): Promise<number> {
  const begun = performance.now();
  const replies = await Promise.all(
    challenges.map((challenge, index) => site.nas.answer(`user${index}`, challenge, codes[index] ?? '', patient)),
  );
  expect(replies.map(endOf), 'each is let in by the code that was not answered').to.deep.equal(
    challenges.map(() => 'accept'),
  );
  return performance.now() - begun;
}

/** While a fault lasts: no code is answered, and all else is served. */
async function expectNoAnswers(
  site: FaultSite,
  challenges: readonly RawPacket[],
  codes: readonly string[],
): Promise<void> {
  const replies = challenges.map((challenge, index) =>
    site.nas.answer(`user${index}`, challenge, codes[index] ?? '', brief),
  );
  const probes = await inParallel(20, 1, () => site.nas.probe());
  expect(probes.filter((took) => took === undefined).length, 'Status-Servers without an answer').to.equal(0);
  figure(`Status-Server meanwhile: most ${Math.max(...probes.map((took) => took ?? 0)).toFixed(1)} ms`);
  expect((await Promise.all(replies)).map(endOf), 'answers to codes').to.deep.equal(challenges.map(() => 'silence'));
}

function judge(took: number, what: string): void {
  figure(`recovered after ${(took / 1000).toFixed(1)} s`);
  if (isSoak) expect(took, what).to.be.at.most(recovery);
}

describe('fault: the store', function () {
  this.timeout(isSoak ? 600_000 : 120_000);
  let site: FaultSite;
  afterEach(() => site?.close());

  it(`locked by another process: no code is answered before its row is committed, all else is served`, async () => {
    site = await FaultSite.open({ users });
    await site.start();
    const challenges = await challengesOf(site);
    const codes = challenges.map((_, index) => site.codeOf(index));
    const other = new Database(join(site.place.dir, 'radgate.db'));
    other.pragma('busy_timeout = 5000');
    other.exec('BEGIN IMMEDIATE');
    for (let second = 0; second < sized(7, 30); second++) await expectNoAnswers(site, challenges, codes);
    other.exec('ROLLBACK');
    other.close();
    judge(await answerAll(site, challenges, codes), 'recovery from the lock in ms');
    await site.program.stop();
    const told = new Set(site.lines(50).map(({ msg }) => msg));
    expect([...told]).to.include('the store could not commit');
    // The outbox is looked at now and then: a long lock meets that too.
    const expected = ['the store could not commit', 'the outbox could not be looked at'];
    expect(
      [...told].filter((msg) => !expected.includes(msg)),
      'errors of other kinds',
    ).to.deep.equal([]);
  });

  it('removed: it is never made anew, and logins go on once it is back', async () => {
    site = await FaultSite.open({ users });
    await site.start();
    const challenges = await challengesOf(site);
    const codes = challenges.map((_, index) => site.codeOf(index));
    const file = join(site.place.dir, 'radgate.db');
    renameSync(file, `${file}.gone`);
    await expectNoAnswers(site, challenges, codes);
    expect(existsSync(file), 'a new file').to.equal(false);
    renameSync(`${file}.gone`, file);
    judge(await answerAll(site, challenges, codes), 'recovery from the removal in ms');
    await site.program.stop();
    const rows = await site.rows("SELECT count(*) AS count FROM audit WHERE result = 'accept'");
    expect(rows[0]?.['count']).to.equal(users);
  });

  it('on a full disk: no code is answered, and logins go on once there is room', async function () {
    site = await FaultSite.open({ users });
    const { dir } = site.place;
    // Mounted over the directory where only radgate sees it, with what was there.
    const mount = 'cp -a "$0" "$0.kept" && mount -t tmpfs -o size=8m tmpfs "$0" && cp -a "$0.kept/." "$0"';
    const tried = await run('unshare', ['-m', 'sh', '-c', `${mount} && rm -r "$0.kept"`, dir]).catch(() => undefined);
    if (tried?.code !== 0) {
      process.stdout.write('    skipped: a small file system can be mounted by root alone, on Linux\n');
      this.skip();
    }
    await site.start(0, { under: ['unshare', '-m', 'sh', '-c', `${mount} && exec "$@"`, dir] });
    try {
      const inside = `/proc/${site.program.pid}/root${dir}`;
      const { bavail, bsize } = await statfs(inside);
      await writeFile(`${inside}/filler`, Buffer.alloc(bavail * bsize)).catch(() => undefined);
      // The log of the database has room for some: it is as long as it ever was, and is written from its start again once it was carried over.
      let accepted = 0;
      let unanswered: readonly Asked[] = [];
      while (unanswered.length === 0 && accepted < mostOnFullDisk) {
        const asked = (await challengesOf(site)).map((challenge, index) => ({
          index,
          challenge,
          code: site.codeOf(index),
        }));
        const replies = await inParallel(users, users, (index) => answerOf(site, asked[index] as Asked, brief));
        unanswered = asked.filter((_, index) => replies[index] === undefined);
        accepted += replies.filter((reply) => endOf(reply) === 'accept').length;
      }
      figure(`${accepted} still found room`);
      expect(unanswered.length, 'answers that found no room').to.be.above(0);
      expect((await site.nas.probe()) !== undefined, 'Status-Server is answered').to.equal(true);
      rmSync(`${inside}/filler`);
      const begun = performance.now();
      for (const one of unanswered)
        expect(endOf(await answerOf(site, one, patient)), `user${one.index}`).to.equal('accept');
      judge(performance.now() - begun, 'recovery from the full disk in ms');
    } finally {
      rmSync(`${dir}.kept`, { recursive: true, force: true });
    }
  });
});

peer('postgresql')('fault: PostgreSQL', function () {
  this.timeout(isSoak ? 600_000 : 120_000);
  let postgres: Postgres;
  let site: FaultSite;
  before(async () => {
    postgres = await Postgres.start();
    site = await FaultSite.open({ users, place: await postgresPlace(postgres) });
    await site.start();
  });
  after(async () => {
    await site?.close();
    await postgres?.remove();
  });

  it('restarted under load: no Accept without its row, and logins go on', async () => {
    const loading = new AbortController();
    let accepted = 0;
    let enough: { readonly at: number; readonly reached: () => void } | undefined;
    const load = inParallel(users, users, async (index) => {
      const ended: string[] = [];
      while (!loading.signal.aborted) {
        const one = await site.login(index, { wait: 1_000, sends: 3 });
        ended.push(one.ended);
        if (one.ended === 'accept' && ++accepted >= (enough?.at ?? Infinity)) enough?.reached();
      }
      return ended;
    });
    const accepts = (more: number): Promise<void> =>
      new Promise((reached) => (enough = { at: accepted + more, reached }));
    for (let i = 0; i < sized(3, 20); i++) {
      await accepts(100);
      await postgres.down();
      expect((await site.nas.probe()) !== undefined, 'Status-Server is answered without it').to.equal(true);
      await postgres.up();
      const begun = performance.now();
      await accepts(1);
      judge(performance.now() - begun, 'recovery from the restart in ms');
    }
    await accepts(100);
    loading.abort();
    const ended = (await load).flat();
    figure(`${ended.length} logins under load, ${accepted} accepted`);
    expect(ended.filter((one) => one === 'reject').length, 'rejected').to.equal(0);
    const rows = await site.rows("SELECT count(*) AS count FROM audit WHERE result = 'accept'");
    expect(Number(rows[0]?.['count'])).to.be.at.least(accepted);
  });
});
