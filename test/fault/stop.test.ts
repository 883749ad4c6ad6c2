import { expect } from 'chai';
import { figure, isSoak, sized } from './figures.ts';
import { inParallel } from './nas.ts';
import { FaultSite } from './site.ts';

const users = 20;
const stops = sized(3, 50);
/** SIGTERM lets what is under way finish for `[login] drain`, 10 s by default. */
const longest = 10_000;

describe('fault: SIGTERM under load', function () {
  this.timeout(isSoak ? 900_000 : 60_000);
  let site: FaultSite;
  before(async () => {
    site = await FaultSite.open({ users });
  });
  after(() => site?.close());

  it(`${stops} times: every Accept has its row, the exit is clean, and what was not answered is answered after the start`, async () => {
    let accepts = 0;
    let slowest = 0;
    for (let i = 0; i < stops; i++) {
      await site.start();
      let stopping: Promise<number | null> | undefined;
      let begun = 0;
      let answered = 0;
      const ended = await inParallel(150, users, async (index) => {
        if (stopping) return 'not begun';
        // Who is late finds nobody, and gives up.
        const one = await site.login(index % users, { wait: 1_000, sends: 1 });
        if (one.ended === 'accept' && ++answered === 30) {
          begun = performance.now();
          stopping = site.program.stop();
          void stopping.then(() => (slowest = Math.max(slowest, performance.now() - begun)));
        }
        return one.ended;
      });
      expect(await stopping, 'exit code').to.equal(0);
      expect(site.lines(50), 'errors in the log').to.deep.equal([]);
      expect(ended.filter((one) => one === 'reject').length, 'rejected').to.equal(0);
      accepts += ended.filter((one) => one === 'accept').length;
    }
    const rows = await site.rows("SELECT count(*) AS count FROM audit WHERE result = 'accept'");
    figure(`${stops} stops, ${accepts} Accepts, the slowest took ${(slowest / 1000).toFixed(2)} s`);
    expect(rows[0]?.['count'], 'rows of Accepts').to.equal(accepts);
    if (isSoak) expect(slowest).to.be.at.most(longest);
  });

  it('whose log nobody reads any more serves on, and stops when it is told to', async () => {
    await site.start();
    site.program.closeOutput();
    for (const index of [0, 1]) expect((await site.login(index)).ended).to.equal('accept');
    expect(await site.program.stop(), 'exit code').to.equal(0);
  });
});
