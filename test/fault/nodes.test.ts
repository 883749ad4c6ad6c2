import { expect } from 'chai';
import { Code, type RawPacket } from '../peer/packet-bytes.ts';
import { peer } from '../peer/peer.ts';
import { Postgres } from '../support/postgres.ts';
import { figure, isSoak, sized } from './figures.ts';
import { endOf, inParallel } from './nas.ts';
import { postgresPlace, sqlitePlace, type Place } from './place.ts';
import { FaultSite, password } from './site.ts';

const users = sized(100, 1_000);
const patient = { wait: 1_000, sends: 10 };

function suite(
  title: string,
  describing: (title: string, body: (this: Mocha.Suite) => void) => void,
  open: () => Promise<{ place: Place; remove: () => Promise<void> }>,
): void {
  describing(`fault: ${title}`, function () {
    this.timeout(isSoak ? 900_000 : 120_000);
    let site: FaultSite;
    let remove: () => Promise<void> = async () => undefined;
    before(async () => {
      const opened = await open();
      ({ remove } = opened);
      site = await FaultSite.open({ users, place: opened.place });
      await site.start(0);
      await site.start(1);
    });
    after(async () => {
      await site?.close();
      await remove();
    });

    const challenge = async (node: number, user: number): Promise<RawPacket> => {
      const reply = await site.node(node).nas.ask(`user${user}`, password, patient);
      expect(reply?.code, `user${user} is asked for a code`).to.equal(Code.accessChallenge);
      return reply as RawPacket;
    };

    it('a code raced on both gives exactly one Accept', async () => {
      const ended = await inParallel(sized(50, 500), 10, async (index) => {
        const user = index % users;
        const code = site.codeOf(user);
        const challenges = await Promise.all([challenge(0, user), challenge(1, user)]);
        const replies = await Promise.all(
          challenges.map((one, node) => site.node(node).nas.answer(`user${user}`, one, code, patient)),
        );
        return replies.map(endOf);
      });
      expect(ended.filter((pair) => pair.filter((one) => one === 'accept').length !== 1)).to.deep.equal([]);
    });

    it('what one asked is answered at the other after SIGKILL between the two', async () => {
      const challenges = await inParallel(users, 20, (user) => challenge(0, user));
      await site.node(0).program.kill();
      const replies = await inParallel(users, 20, (user) =>
        site.node(1).nas.answer(`user${user}`, challenges[user] as RawPacket, site.codeOf(user), patient),
      );
      const accepted = replies.filter((reply) => endOf(reply) === 'accept').length;
      figure(`${accepted} of ${users} challenged logins ended at the other node`);
      expect(accepted).to.be.at.least(Math.ceil(users * 0.999));
      await site.start(0);
      expect((await site.node(0).nas.login('user0', password, () => site.codeOf(0), patient)).ended).to.equal('accept');
    });
  });
}

suite('two processes on one SQLite file', describe, async () => ({
  place: sqlitePlace('durability = "process"\nwaiting = "store"'),
  remove: async () => undefined,
}));

suite('two nodes on one PostgreSQL', peer('postgresql'), async () => {
  const postgres = await Postgres.start();
  return { place: await postgresPlace(postgres), remove: () => postgres.remove() };
});
