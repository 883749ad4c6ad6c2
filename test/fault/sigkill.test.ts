import { expect } from 'chai';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { figure, isSoak, sized } from './figures.ts';
import { inParallel } from './nas.ts';
import { FaultSite, password } from './site.ts';

const kills = sized(8, 500);
const users = 30;
const impatient = { wait: 1_000, sends: 1 };

describe(`fault: SIGKILL ${kills} times in the middle of logins`, function () {
  this.timeout(isSoak ? 3_600_000 : 120_000);
  let site: FaultSite;
  before(async () => {
    site = await FaultSite.open({ users });
  });
  after(() => site?.close());

  it('accepts no code twice, has a row of every Accept, and always opens its store', async () => {
    const accepts: { readonly user: number; readonly code: string }[] = [];
    let again = 0;
    let begun = 0;
    for (let kill = 0; kill < kills; kill++) {
      await site.start();
      // What was accepted before the last kill: its code must not serve again, in a login of its own.
      for (const { user, code } of accepts.slice(-3)) {
        const challenge = await site.nas.ask(`user${user}`, password);
        expect(challenge?.code, 'a challenge').to.equal(Code.accessChallenge);
        const reply = await site.nas.answer(`user${user}`, challenge as RawPacket, code);
        expect(reply?.code, 'an accepted code comes again').to.not.equal(Code.accessAccept);
        again++;
      }
      const enough = 5 + ((kill * 7) % 60);
      let gone: Promise<void> | undefined;
      let answered = 0;
      await inParallel(200, 20, async (index) => {
        if (gone) return;
        const user = index % users;
        begun++;
        const challenge = await site.nas.ask(`user${user}`, password, impatient);
        if (challenge?.code !== Code.accessChallenge || gone) return;
        const code = site.codeOf(user);
        const reply = await site.nas.answer(`user${user}`, challenge, code, impatient);
        if (reply?.code === Code.accessAccept) accepts.push({ user, code });
        if (++answered === enough) gone = site.program.kill();
      });
      await (gone ?? site.program.kill());
      if ((kill + 1) % 50 === 0) figure(`${kill + 1} kills, ${begun} logins begun, ${accepts.length} Accepts left`);
    }
    await site.start();
    expect((await site.nas.probe()) !== undefined, 'Status-Server is answered').to.equal(true);
    await site.program.stop();
    expect(site.lines(50), 'errors in the log').to.deep.equal([]);

    const rows = await site.rows(
      "SELECT user_name, count(*) AS count FROM audit WHERE result = 'accept' GROUP BY user_name",
    );
    const recorded = new Map(rows.map((row) => [row['user_name'], Number(row['count'])]));
    let unrecorded = 0;
    for (let user = 0; user < users; user++) {
      const left = accepts.filter((one) => one.user === user).length;
      if (left > (recorded.get(`user${user}`) ?? 0)) unrecorded++;
    }
    const all = [...recorded.values()].reduce((sum, count) => sum + count, 0);
    figure(
      `${begun} logins begun, ${accepts.length} Accepts left, ${all} rows of Accepts, ${again} used codes tried again`,
    );
    expect(accepts.length, 'logins that ended well').to.be.above(kills);
    expect(unrecorded, 'users with an Accept that has no row').to.equal(0);
  });
});
