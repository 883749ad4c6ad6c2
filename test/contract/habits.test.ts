import { expect } from 'chai';
import { noHabits, type Habits } from '../../src/nas/habits.ts';
import { keptDays, noteHabits, showHabits } from '../../src/nas/kept-habits.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { drivers } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

const today = 20_000;
const seen = (own: Partial<Habits>): Habits => ({ ...noHabits(), ...own });

for (const driver of drivers)
  driver.suite(`contract: habits of clients on ${driver.name}`, function () {
    this.timeout(30_000);
    const { nodes } = nodesOn(driver);
    beforeEach(() => nodes[0].run(execute, { sql: 'DELETE FROM client_habits' }));

    const shown = async (days: number): Promise<unknown> => {
      const all = await nodes[1].run(showHabits, { after: today - days });
      return Object.fromEntries(all.map(({ client, habits }) => [client, habits]));
    };

    it('sums are added, the largest is kept, over nodes and days', async () => {
      const one = seen({ requests: 3, signed: 2, gaps: 2 ** 40, mostCopies: 2, longestWait: 9_000, lastAt: 2 ** 41 });
      const other = seen({ requests: 4, unsigned: 1, gaps: 1, mostCopies: 5, longestWait: 8_000, lastAt: 7 });
      await nodes[0].run(noteHabits, { day: today - 1, seen: [{ client: 'vpn', habits: one }] });
      await Promise.all(
        nodes.map((node) =>
          node.run(noteHabits, {
            day: today,
            seen: [
              { client: 'vpn', habits: other },
              { client: 'rdg', habits: one },
            ],
          }),
        ),
      );
      expect(await shown(30)).to.deep.equal({
        rdg: seen({ requests: 6, signed: 4, gaps: 2 ** 41, mostCopies: 2, longestWait: 9_000, lastAt: 2 ** 41 }),
        vpn: seen({
          requests: 11,
          signed: 2,
          unsigned: 2,
          gaps: 2 ** 40 + 2,
          mostCopies: 5,
          longestWait: 9_000,
          lastAt: 2 ** 41,
        }),
      });
      expect(await shown(1)).to.have.nested.property('vpn.requests', 8);
    });

    it('days that are over are forgotten', async () => {
      const rows = async (): Promise<number> =>
        (await nodes[0].run(query, { sql: 'SELECT day FROM client_habits' })).length;
      for (const day of [today - keptDays, today - keptDays + 1])
        await nodes[0].run(noteHabits, { day, seen: [{ client: 'vpn', habits: seen({ requests: 1 }) }] });
      expect(await rows()).to.equal(2);
      await nodes[0].run(noteHabits, { day: today, seen: [{ client: 'vpn', habits: seen({ requests: 1 }) }] });
      expect(await rows()).to.equal(2);
      expect(await shown(keptDays)).to.have.nested.property('vpn.requests', 2);
    });
  });
