import { randomUUID } from 'node:crypto';
import { expect } from 'chai';
import { beginSentCode } from '../../src/factor/sent-code.ts';
import { foldUserName } from '../../src/policy/user-name.ts';
import { countQueued } from '../../src/store/count-queued.ts';
import { applyUsers, type ImportedUser } from '../../src/store/import-users.ts';
import { probeStore } from '../../src/store/probe-store.ts';
import { sharedClock } from '../../src/store/shared-clock.ts';
import type { Transaction } from '../../src/store/store.ts';
import { beginInput } from '../support/begin-input.ts';
import { nodesOn } from '../support/nodes-on.ts';
import { packed } from '../support/packed.ts';
import { addUser } from '../support/scratch-store.ts';
import { drivers, sqlite } from '../support/store-drivers.ts';
import { execute, query } from '../support/test-transactions.ts';

const importedUser = (name: string): ImportedUser => ({
  id: name,
  line: 2,
  name,
  names: [foldUserName(name) ?? expect.fail('no user name')],
  firstName: null,
  lastName: null,
  phone: null,
  email: null,
  groups: [],
});

for (const driver of drivers)
  driver.suite(`contract: what metrics and health ask of ${driver.name}`, function () {
    this.timeout(30_000);
    const [store, other] = nodesOn(driver).nodes;

    it('the probe writes a row of its own, and changes nothing else', async () => {
      const facts = { sql: 'SELECT name, value FROM facts ORDER BY name', parameters: [] };
      const before = await store.run(query, facts);
      expect(before).to.not.deep.equal([]);
      await Promise.all([store.run(probeStore, null), other.run(probeStore, null)]);
      await store.run(probeStore, null);
      const after = await store.run(query, facts);
      expect(after.filter(({ name }) => name !== 'probe')).to.deep.equal(before);
      expect(after).to.have.length(before.length + 1);
    });

    if (driver !== sqlite)
      it('the probe is committed while users are imported', async () => {
        const rows = packed([importedUser('probed')]);
        const change = { id: 'c', command: 'user import', at: 1 };
        const probed: Transaction<null, number> = {
          name: 'test-import-and-probe',
          access: 'write',
          run: async (context) => {
            const { added } = await applyUsers.run(context, { rows, distinct: false, change });
            await other.run(probeStore, null);
            return added;
          },
        };
        expect(await store.run(probed, null)).to.equal(1);
      });

    it('the outbox is counted by channel and state', async () => {
      expect(await store.run(countQueued, null)).to.deep.equal([]);
      const userId = await addUser(store, { names: [randomUUID()] });
      await store.run(execute, { sql: 'UPDATE users SET phone = ?', parameters: ['+33612345612'] });
      const output = await store.run(beginSentCode, beginInput(userId, '123456', Date.UTC(2024, 0, 1, 12)));
      expect(output.kind).to.equal('queued');
      expect(await store.run(countQueued, null)).to.deep.equal([{ channel: 'sms', state: 'queued', count: 1 }]);
      await store.run(execute, { sql: "UPDATE outbox SET state = 'sent'", parameters: [] });
      expect(await store.run(countQueued, null)).to.deep.equal([]);
    });

    it('only a store that hosts share has a clock of its own', async () => {
      const told = await store.run(sharedClock, null);
      if (driver === sqlite) expect(told).to.equal(null);
      else expect(Math.abs((told ?? 0) - Date.now())).to.be.below(60_000);
    });
  });
