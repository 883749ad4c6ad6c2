import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { peer } from '../peer/peer.ts';
import { Postgres } from '../support/postgres.ts';
import { figure, isSoak, sized } from './figures.ts';
import { inParallel } from './nas.ts';
import { postgresPlace } from './place.ts';
import { FaultSite } from './site.ts';

const users = 20;
const checkout = resolve(import.meta.dirname, '../../..');

/** A copy of this build that knows one migration more: the next version. @returns its main.js */
function nextVersion(dir: string): string {
  cpSync(join(checkout, 'dist/src'), join(dir, 'dist/src'), { recursive: true });
  for (const shared of ['package.json', 'node_modules', 'dictionaries'])
    symlinkSync(join(checkout, shared), join(dir, shared));
  const file = join(dir, 'dist/src/store/migrations.js');
  const migrations = readFileSync(file, 'utf8');
  const end = migrations.lastIndexOf('];');
  const more =
    "    ['ALTER TABLE users ADD COLUMN of_the_next_version TEXT', 'CREATE TABLE next_version (id TEXT PRIMARY KEY)'],\n";
  writeFileSync(file, migrations.slice(0, end) + more + migrations.slice(end));
  return join(dir, 'dist/src/main.js');
}

peer('postgresql')('fault: a rolling upgrade', function () {
  this.timeout(isSoak ? 300_000 : 120_000);
  const dir = mkdtempSync(join(tmpdir(), 'radgate-next-'));
  let postgres: Postgres;
  let site: FaultSite;
  before(async () => {
    postgres = await Postgres.start();
    site = await FaultSite.open({ users, place: await postgresPlace(postgres) });
  });
  after(async () => {
    await site?.close();
    await postgres?.remove();
    rmSync(dir, { recursive: true, force: true });
  });

  it('of one node, with a migration, drops no login at the other, and both serve afterwards', async () => {
    await site.start(0);
    const loading = new AbortController();
    let ended = 0;
    let enough: { readonly at: number; readonly reached: () => void } | undefined;
    const load = inParallel(users, users, async (index) => {
      const lost: string[] = [];
      while (!loading.signal.aborted) {
        const one = await site.login(index, { wait: 2_000, sends: 3 });
        if (one.ended !== 'accept') lost.push(one.ended);
        if (++ended === enough?.at) enough.reached();
      }
      return lost;
    });
    const logins = (more: number): Promise<void> => new Promise((reached) => (enough = { at: ended + more, reached }));
    await logins(50);
    await site.start(1, { build: nextVersion(dir) });
    await logins(sized(100, 5_000));
    const upgraded = site.node(1);
    const there = await inParallel(users, 5, async (index) => {
      const other = `user${index}`;
      return (await upgraded.nas.ask(other, 'wrong'))?.code;
    });
    loading.abort();
    expect((await load).flat(), 'logins that were dropped').to.deep.equal([]);
    expect(there.filter((code) => code === undefined).length, 'unanswered at the next version').to.equal(0);
    const { ended: last } = await upgraded.nas.login('user0', 'right', () => site.codeOf(0));
    expect(last, 'a login at the next version').to.equal('accept');
    figure(`${ended} logins at the version before`);
    await site.program.stop();
    expect(site.lines(50), 'errors of the version before').to.deep.equal([]);
  });
});
